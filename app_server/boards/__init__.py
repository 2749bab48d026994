"""Pitch boards (营销垫板): their versions, what may be published, and what the phones have of them."""
