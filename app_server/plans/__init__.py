"""Plans (名单): the target list that a head sets for an advisor and day."""
