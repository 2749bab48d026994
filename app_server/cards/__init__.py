"""Cards (卡): the keys that visits' cards are sealed to, opening one in memory, and whose card it is. What a match counts is the fold's."""
