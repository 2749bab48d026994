"""The morning (晨会): what a unit begins its day with."""
