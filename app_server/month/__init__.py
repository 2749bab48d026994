"""A month by day (这个月): a unit's figures and its advisors' as they are drawn in a calendar."""
