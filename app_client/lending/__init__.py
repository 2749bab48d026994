"""Lending (代打): a customer whom a colleague calls for the day."""
