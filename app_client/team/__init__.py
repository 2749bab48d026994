"""Team (团队): what a head sees of their units, advisors and the activities behind every figure."""
