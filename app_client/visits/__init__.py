"""Visits (面访): who was met today and where, who is due, and the check-in."""
