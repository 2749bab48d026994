"""Today (今日): where an advisor stands, and whom to call next."""
