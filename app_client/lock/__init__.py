"""Lock (锁定): a PIN between the unlocked phone and the advisor's book, asked for at the start and after idle time."""
