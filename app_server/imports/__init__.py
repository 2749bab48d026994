"""Imports of customers, staff, products and units from a bank's own files: all of a file or nothing of it."""
