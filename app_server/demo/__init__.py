"""The demo bank: invented people, invented figures, the same for the same seed and day. Nothing of it is anybody's data."""
