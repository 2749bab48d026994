"""Meetings (夕会): a unit's evening frozen when it is closed, beside what its figures are now."""
