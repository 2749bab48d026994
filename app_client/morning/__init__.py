"""The morning (晨会): what is on today, and each advisor's list, put in order and frozen."""
