"""Talk helpers: what keeps an advisor going between two calls. Told to nobody else; nothing of it leaves the phone."""
