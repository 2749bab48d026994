"""The month's pack (月度材料): its pages as pictures with their sentences, and the file to take to a meeting."""
