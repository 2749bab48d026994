"""Coverage (覆盖) as a head looks into it: whom of whose book nobody has called, and onto tomorrow's list with them."""
