"""Notices (给全队的话): what a head says to a unit for the day."""
