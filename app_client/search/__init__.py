"""Search (查找): customers of the book by name, pinyin initials or digits of the phone; for every screen that picks one."""
