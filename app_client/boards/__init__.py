"""Pitch boards (营销垫板) on the phone: found by scene, turned to the customer card by card, and what was shown recorded."""
