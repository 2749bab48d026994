"""Customers (客户): whose book one is in, and moving one to another. Importing them is imports' business."""
