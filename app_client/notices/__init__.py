"""Notices (给全队的话): the sentence with which a head begins the day."""
