"""Quality: what transcripts and notes are checked for, what was found, and what people made of it."""
