"""Bulletins (通报): what is right below a unit over a day, a week or a month, with the assessment score."""
