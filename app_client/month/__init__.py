"""A month by day (这个月): a calendar, a strip of bars for each advisor, and the way from the call to the product."""
