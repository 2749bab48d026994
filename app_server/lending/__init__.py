"""Lending (代打): a head gives a customer of one advisor's book to a colleague for the day."""
