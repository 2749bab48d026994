"""Plans (名单): which customers an advisor should call on a day, and why."""
