"""Evening (夕会): an advisor's own figures of a day."""
