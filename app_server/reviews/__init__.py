"""Reviews (抽查点评): samples that a seed draws, scorecards of calls and visits, and their averages."""
