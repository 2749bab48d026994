"""Coming out of a visit (面访小结): what was said, what the counter has to do, the next day, and a page for the customer."""
