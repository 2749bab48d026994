"""Recordings (录音) of exchanges' calls: taken in, sealed, kept for a while, heard by those in scope. Who told of a call is telephony's."""
