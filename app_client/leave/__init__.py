"""Leave (休假): a head enters it for an advisor and takes it back; the advisor's own phone knows it by syncing (store/rules.py)."""
