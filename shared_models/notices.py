"""Notices (给全队的话): the sentence with which a head begins a unit's day, for every advisor below; gone the next day."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from shared_models.org import StaffName, UnitKind
from shared_models.text import NO_NUL

MOST_LETTERS = 200
Words = Annotated[str, StringConstraints(max_length=MOST_LETTERS, pattern=NO_NUL, strip_whitespace=True)]


class NoticeEdit(BaseModel):
    """What a head sends: the sentence, "" to take it back, and the version it was made from; another head's change since then is a conflict."""

    words: Words
    version: int = Field(ge=0)


class UnitNotice(BaseModel):
    """A unit's notice of a day as heads see it: "" where there is none; `version` goes up with every change, from 0."""

    words: str = ""
    version: int = 0
    said_by: StaffName | None = None
    said_at: AwareDatetime | None = None


class Notice(BaseModel):
    """A notice as a phone has it: who said it, and for which unit; `unit_kind` says how high above the advisor that is."""

    id: UUID
    day: date
    words: str
    name: str
    unit_name: str
    unit_kind: UnitKind
