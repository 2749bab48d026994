"""Leave (休假): who enters whose, and what of the days that are folded already becomes otherwise by it."""
