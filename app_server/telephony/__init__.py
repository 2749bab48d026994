"""Telephony (外呼系统): what the bank's exchanges tell, signed, and whose calls those are. Matching and counting are the fold's."""
