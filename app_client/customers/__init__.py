"""Customers (客户): the whole book, one customer with their history, and adding a prospect."""
