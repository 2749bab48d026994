"""The round trip of a phone: what it sends is judged and kept, what it has not seen is sent back."""
