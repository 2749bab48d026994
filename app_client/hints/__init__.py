"""Hints (提示): what of one's own day may want a word, and saying it."""
