"""What phone and server must agree on: pydantic models and pure functions; no I/O, no database, no HTTP, no UI."""
