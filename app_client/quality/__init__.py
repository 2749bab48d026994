"""Quality: what was found in notes and transcripts, what a head says of it, and the list of wordings that head office edits."""
