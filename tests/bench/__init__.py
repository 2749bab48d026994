"""Throughput of the real server process over a durable PostgreSQL, beside floors of the same run: `python -m tests.bench`."""
