"""How fast the offline app is in a browser: the bars of its start, taps, search and first sync. The server's own are tests/bench."""
