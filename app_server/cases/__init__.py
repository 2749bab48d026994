"""Cases (案例): proposed by heads, approved by head office. The advisor's consent comes by their phone, through sync."""
