"""Hints (提示) and what an advisor says to them: the codes and the answer. Which activity has a hint is hints.py's to say."""

from enum import StrEnum


class HintCode(StrEnum):
    """What about an activity may want a word of explanation."""

    BURST = "burst"
    OVERLAP = "overlap"
    SAME_NUMBER = "same_number"
    BACKDATED = "backdated"
    CLOCK_JUMPED = "clock_jumped"
    OTHER_CARD = "other_card"
