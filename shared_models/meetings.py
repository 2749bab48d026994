"""Meetings (夕会): what a unit's meeting left behind for good, and how its frozen figures differ from what they are now."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, cast
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from shared_models.fold import AdvisorDay
from shared_models.org import StaffName, Unit
from shared_models.team import TeamActivity, TeamDay, Totals
from shared_models.text import NO_NUL, Code

MOST_ADVISORS = 500
MOST_ACCEPTED = 2000
MOST_NOTES = 600


class MeetingKind(StrEnum):
    """Which meeting of the day."""

    EVENING = "evening"


class MeetingStep(StrEnum):
    """The six steps of an evening meeting, in their order."""

    RESULT = "result"
    EXCEPTIONS = "exceptions"
    REFUSALS = "refusals"
    WORKED = "worked"
    TOMORROW = "tomorrow"
    CLOSE = "close"


class MeetingNote(BaseModel):
    """What was said at a step, by or about one advisor or by all."""

    step: MeetingStep
    advisor_id: UUID | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_NUL, strip_whitespace=True)]


class MeetingDrill(BaseModel):
    """The drill (话术演练) on one reason to decline: the case it was read from, who played whom, and whether it was done."""

    reason: Code
    case_id: UUID | None = None
    advisor_played_by: UUID | None = None
    customer_played_by: UUID | None = None
    done: bool = False


class AcceptedTarget(BaseModel):
    """A candidate who was taken into an advisor's list for the next working day."""

    advisor_id: UUID
    customer_id: UUID


class MeetingClose(BaseModel):
    """What a head sends to close a meeting; the figures are the server's own."""

    unit_id: UUID
    day: date
    kind: MeetingKind = MeetingKind.EVENING
    attended: list[UUID] = Field(max_length=MOST_ADVISORS)
    drill: MeetingDrill | None = None
    accepted: list[AcceptedTarget] = Field(default_factory=list[AcceptedTarget], max_length=MOST_ACCEPTED)
    notes: list[MeetingNote] = Field(default_factory=list[MeetingNote], max_length=MOST_NOTES)


class Change(BaseModel):
    """How a figure moved after it was frozen; the three add up to what it is now less what it was.

    `came`: by activities received later · `taken_back`: by voids received later · `otherwise`: by anything else, as a
    customer's becoming managed, or an advisor's joining or leaving the unit on that day.
    """

    came: Decimal = Decimal(0)
    taken_back: Decimal = Decimal(0)
    otherwise: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """What it is now less what it was."""
        return self.came + self.taken_back + self.otherwise


Changes = dict[str, Change]
"""By figure, its parts by a dot ("visits_graded.C", "declines.busy"); a figure that did not move is absent."""


class AdvisorChanges(BaseModel):
    """What became of one advisor's frozen day: how many activities were received later, and the figures that moved."""

    advisor: StaffName
    received: int
    changes: Changes


class AcceptedCandidate(BaseModel):
    """As AcceptedTarget, with the names; the customer's None where the reader may not see it."""

    advisor: StaffName
    customer_id: UUID
    customer_name: str | None


class Meeting(BaseModel):
    """A closed meeting: what was frozen, and what it is now.

    `frozen` is the team's day at `frozen_at`; `now` the same asked for anew. `changes` are of the totals, coverage included;
    `advisors` those of whom anything was received later, or whose figures moved.
    """

    id: UUID
    unit: Unit
    day: date
    kind: MeetingKind
    held_by: StaffName
    frozen_at: AwareDatetime
    attended: list[StaffName]
    drill: MeetingDrill | None
    accepted: list[AcceptedCandidate]
    notes: list[MeetingNote]
    frozen: TeamDay
    now: TeamDay
    received: int
    changes: Changes
    advisors: list[AdvisorChanges]


class MeetingSummary(BaseModel):
    """A meeting in a list: its totals as they were frozen, and as they are now; of coverage, which looks back over weeks, the first alone."""

    id: UUID
    day: date
    kind: MeetingKind
    held_by: StaffName
    frozen_at: AwareDatetime
    attended: int
    frozen: Totals
    now: Totals


class Meetings(BaseModel):
    """The meetings of a unit, the latest first."""

    meetings: list[MeetingSummary]


class LateActivities(BaseModel):
    """What was received after the freeze, in the order it came; `adds` is what each added to the figure asked for.

    Something of before is there too where what came later is about it: the call of a record, the visit of a card.
    """

    activities: list[TeamActivity]


def amounts(day: AdvisorDay | Totals) -> dict[str, Decimal]:
    """Every figure as a number under its name, those by grade or reason under "name.part"; whether it was met as 1 or 0."""
    found: dict[str, Decimal] = {}
    # Any: the fields of a model, which are numbers, or numbers by grade, by reason or by name.
    fields: dict[str, Any] = day.model_dump()
    for name, value in fields.items():
        if isinstance(value, dict):
            found |= {f"{name}.{part}": Decimal(each) for part, each in cast("dict[str, Any]", value).items()}
        else:
            found[name] = Decimal(value)
    found.pop("coverage.window_days", None)
    return found


def day_changes(
    frozen: AdvisorDay | None, now: AdvisorDay | None, *, folds: tuple[AdvisorDay, AdvisorDay, AdvisorDay] | None
) -> Changes:
    """How an advisor's frozen day moved; None: they did not belong to the unit then, or do not now.

    `folds`: of what had been received at the freeze; with what came later, but for voids; of all. None: nothing came.
    """
    was, is_ = _amounts(frozen), _amounts(now)
    then, with_late, after = map(amounts, folds) if folds else ({}, {}, {})
    changes: Changes = {}
    for name in was.keys() | is_.keys() | with_late.keys():
        came = with_late.get(name, Decimal(0)) - then.get(name, Decimal(0))
        taken_back = after.get(name, Decimal(0)) - with_late.get(name, Decimal(0))
        moved = is_.get(name, Decimal(0)) - was.get(name, Decimal(0))
        changes[name] = Change(came=came, taken_back=taken_back, otherwise=moved - came - taken_back)
    return _moved(changes)


def total_changes(frozen: Totals, now: Totals, parts: Iterable[Mapping[str, Change]]) -> Changes:
    """How frozen totals moved, of which `parts` are the advisors' changes."""
    was, is_ = amounts(frozen), amounts(now)
    changes: Changes = {name: Change() for name in was.keys() | is_.keys()}
    for part in parts:
        for name, change in part.items():
            total = changes.setdefault("advisors_met" if name == "met" else name, Change())
            total.came += change.came
            total.taken_back += change.taken_back
    for name, total in changes.items():
        moved = is_.get(name, Decimal(0)) - was.get(name, Decimal(0))
        total.otherwise = moved - total.came - total.taken_back
    return _moved(changes)


def _amounts(day: AdvisorDay | None) -> dict[str, Decimal]:
    return amounts(day) if day is not None else {}


def _moved(changes: Changes) -> Changes:
    return {name: each for name, each in sorted(changes.items()) if each != Change()}
