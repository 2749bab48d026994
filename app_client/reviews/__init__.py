"""Reviews (抽查点评): a head's samples and scorecards, and what an advisor reads of them and answers."""
