"""Bringing store and server together. What is kept is the store's, what is shown is the screens'."""
