"""Hints (提示) and what an advisor says to them: the codes and the answer. Which activity has a hint is hints.py's to say."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared_models.text import NO_NUL


class HintCode(StrEnum):
    """What about an activity may want a word of explanation."""

    BURST = "burst"
    OVERLAP = "overlap"
    SAME_NUMBER = "same_number"
    BACKDATED = "backdated"
    CLOCK_JUMPED = "clock_jumped"
    OTHER_CARD = "other_card"


MOST_ANSWER = 500
AnswerText = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_ANSWER, pattern=NO_NUL, strip_whitespace=True)
]


class HintAnswer(BaseModel):
    """The data of a `hint_answer` activity: what the advisor says to a hint of one of their own. It counts nowhere.

    A later answer to the same hint takes the place of an earlier one; the ledger keeps both.
    """

    model_config = ConfigDict(frozen=True)

    activity_id: UUID
    hint: HintCode
    text: AnswerText
