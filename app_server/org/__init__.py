"""The org tree and who belongs where on a day: what every scope is made of."""
