"""The month's pack (月度材料): six pages for a meeting, written from the stored advisor-days; what they say is shared_models/pack_pages.py's."""
