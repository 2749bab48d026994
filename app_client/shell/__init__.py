"""Shell: the navigation and the sync pill around every screen."""
