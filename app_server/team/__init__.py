"""The team view (夕会): what a head sees of their subtree's advisor-days, by day, by period and as a sheet."""
