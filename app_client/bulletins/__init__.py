"""Bulletins (通报): a period of a unit in one table, ranked or grouped, with what is behind each figure."""
