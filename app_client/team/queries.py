"""What a head sees of a day: the kept answers of the server, and who is behind, not synced or done; it asks the server nothing."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

from pydantic import ValidationError

from app_client.session import AppSession
from app_client.store import reads
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay, Figures
from shared_models.policy import zone
from shared_models.team import AdvisorRow, TeamActivities, TeamActivity, TeamDay, UnitTotals

# The grades that are counted alone; empty: all are.
Grades = tuple[Grade, ...]
ONLY_A: Grades = (Grade.A,)


@dataclass(frozen=True, slots=True)
class KeptDay:
    """The last answer about a unit's day; `as_of` is the server's time of it, in the bank's zone."""

    team: TeamDay
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Behind:
    """Which activities are asked for: of one advisor or of the unit, behind one metric or all, of these grades or of any."""

    unit_id: UUID
    day: date
    advisor_id: UUID | None = None
    metric: str | None = None
    grades: Grades = ()


class Standing(Enum):
    """How an advisor stands in the evening, in the order a head reads."""

    BEHIND = "behind"
    NOT_SYNCED = "not_synced"
    DONE = "done"
    ON_LEAVE = "on_leave"


@dataclass(frozen=True, slots=True)
class Advisor:
    """One advisor's row: what is missing to the targets, and whether what the phone still holds may mend it.

    `products_short` are the visits with fewer products than wanted, those with a reason given among them.
    """

    row: AdvisorRow
    standing: Standing
    calls_short: int
    visits_short: int
    products_short: int
    last_sync: datetime | None

    @property
    def figures(self) -> AdvisorDay:
        """The advisor's day."""
        return self.row.day


@dataclass(frozen=True, slots=True)
class TeamView:
    """A unit's day as it is read: gaps first. `last_sync` times are in the bank's zone; on a day off nobody is told to be on leave."""

    team: TeamDay
    as_of: datetime
    is_day_off: bool
    behind: tuple[Advisor, ...]
    not_synced: tuple[Advisor, ...]
    done: tuple[Advisor, ...]
    on_leave: tuple[Advisor, ...]
    units: tuple[UnitTotals, ...]
    declines: tuple[tuple[str, int], ...]

    @property
    def grades(self) -> Grades:
        """Those that are counted alone; empty: all are."""
        return tuple(self.team.grades or ())

    @property
    def advisors(self) -> tuple[Advisor, ...]:
        """Everybody, in the order of the screen."""
        return (*self.behind, *self.not_synced, *self.done, *self.on_leave)

    def advisor(self, advisor_id: UUID) -> Advisor | None:
        """One of them."""
        return next((each for each in self.advisors if each.row.staff.id == advisor_id), None)


def day_key(unit_id: UUID, day: date, grades: Grades) -> str:
    """Under which a unit's day is kept, as it is counted with these grades."""
    return f"team/day/{unit_id}/{day}{_part(grades)}"


def activities_key(asked: Behind) -> str:
    """Under which the activities behind a figure are kept."""
    return f"team/activities/{asked.unit_id}/{asked.day}/{asked.advisor_id or '-'}/{asked.metric or '-'}{_part(asked.grades)}"


def _part(grades: Grades) -> str:
    return f"/{''.join(grades)}" if grades else ""


def kept_day(session: AppSession, unit_id: UUID, day: date, grades: Grades) -> KeptDay | None:
    """The last answer about that day and these grades, if there was one that this version can read."""
    found = session.store.read(lambda tx: reads.kept_reply(tx, day_key(unit_id, day, grades)))
    if found is None:
        return None
    try:
        team = TeamDay.model_validate(found[0])
    except ValidationError:
        return None
    return KeptDay(team, team.as_of.astimezone(zone(team.policy.timezone)))


def kept_activities(session: AppSession, asked: Behind) -> list[TeamActivity] | None:
    """The last answer about the activities behind a figure."""
    found = session.store.read(lambda tx: reads.kept_reply(tx, activities_key(asked)))
    if found is None:
        return None
    try:
        return TeamActivities.model_validate(found[0]).activities
    except ValidationError:
        return None


def keep_day(tx: sqlite3.Connection, unit_id: UUID, team: TeamDay, *, now: datetime) -> None:
    """Keep an answer about a unit's day."""
    reads.keep_reply(tx, day_key(unit_id, team.day, tuple(team.grades or ())), team.model_dump_json(), fetched_at=now)


def keep_activities(tx: sqlite3.Connection, asked: Behind, found: list[TeamActivity], *, now: datetime) -> None:
    """Keep an answer about the activities behind a figure."""
    doc = TeamActivities(activities=found).model_dump_json()
    reads.keep_reply(tx, activities_key(asked), doc, fetched_at=now)


def team_view(kept: KeptDay) -> TeamView:
    """The day in reading order: the widest gap first, then who has not synced, those who are done by name, and who is on leave."""
    team = kept.team
    targets = team.policy.targets_on(team.day)
    is_day_off = targets.calls == 0 and targets.visits == 0
    advisors = [_advisor(row, team, is_day_off=is_day_off) for row in team.advisors]
    return TeamView(
        team=team,
        as_of=kept.as_of,
        is_day_off=is_day_off,
        behind=tuple(sorted(_standing_so(advisors, Standing.BEHIND), key=_gap, reverse=True)),
        not_synced=tuple(_standing_so(advisors, Standing.NOT_SYNCED)),
        done=tuple(_standing_so(advisors, Standing.DONE)),
        on_leave=tuple(_standing_so(advisors, Standing.ON_LEAVE)),
        units=tuple(
            sorted(team.units, key=lambda each: (not each.totals.advisors, _share(each.totals), each.unit.name))
        ),
        declines=tuple(sorted(team.totals.declines.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def figure_of(figures: Figures, metric: str) -> Decimal:
    """The value of a metric as the server names them: `visits`, `declines.busy`, `calls_graded.C`, `met`."""
    name, _, part = metric.partition(".")
    value = getattr(figures, name)
    if isinstance(value, dict):
        counts = {str(key): Decimal(str(count)) for key, count in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - a figure's own dict
        return counts.get(part, Decimal(0)) if part else sum(counts.values(), Decimal(0))
    return Decimal(value)


def _advisor(row: AdvisorRow, team: TeamDay, *, is_day_off: bool) -> Advisor:
    figures = row.day
    policy = team.policy
    last_sync = row.last_sync_at.astimezone(zone(policy.timezone)) if row.last_sync_at else None
    rests = is_day_off or figures.on_leave
    calls_short = 0 if rests else max(figures.targets.calls - figures.calls_effective, 0)
    visits_short = 0 if rests else max(figures.targets.visits - figures.visits, 0)
    products_short = 0 if rests or figures.met else figures.visits - figures.visits_with_three
    if is_day_off or figures.met:
        standing = Standing.DONE
    elif figures.on_leave:
        # Nobody waits for the phone of somebody who is away.
        standing = Standing.ON_LEAVE
    elif row.pending_hint or last_sync is None or last_sync.date() < team.day:
        standing = Standing.NOT_SYNCED
    else:
        standing = Standing.BEHIND
    return Advisor(row, standing, calls_short, visits_short, products_short, last_sync)


def _standing_so(advisors: Iterable[Advisor], standing: Standing) -> list[Advisor]:
    return [each for each in advisors if each.standing is standing]


def _gap(advisor: Advisor) -> tuple[float, int, str]:
    targets = advisor.figures.targets
    share = advisor.calls_short / max(targets.calls, 1) + advisor.visits_short / max(targets.visits, 1)
    return share, advisor.products_short, advisor.row.staff.name


def _share(figures: Figures) -> float:
    """How much of the targets is done; the smallest is read first."""
    calls = figures.calls_effective / max(figures.targets.calls, 1)
    return calls + figures.visits / max(figures.targets.visits, 1)
