"""What a meeting shows: who stands out and how, and what is kept of a meeting that is being held; it asks the server nothing."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from uuid import UUID

from pydantic import ValidationError

from app_client.meetings.draft import Draft
from app_client.session import AppSession
from app_client.store.meta import get_meta, set_meta
from app_client.store.rules import policies
from app_client.team.candidates import list_days
from app_client.team.queries import Advisor, TeamView
from shared_models.activity import ActivityKind
from shared_models.calls import CallOutcome
from shared_models.cases import SharedCase
from shared_models.meetings import MeetingDrill
from shared_models.org import StaffName
from shared_models.policy import zone
from shared_models.proposals import PickResponse, Proposal
from shared_models.team import TeamActivity

# Nobody closes a meeting later than this (policy `late_days`), by far.
KEPT_DAYS = timedelta(days=60)
_KEY = "meeting"


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Whom to talk about: who tried and got stuck, who is behind otherwise, who did more than was asked; the rest is as it should be."""

    stuck: tuple[Advisor, ...]
    behind: tuple[Advisor, ...]
    ahead: tuple[Advisor, ...]

    def __bool__(self) -> bool:
        return bool(self.stuck or self.behind or self.ahead)


def exceptions(view: TeamView) -> Exceptions:
    """Those of a day, in the order of the team's screen; of who has not synced nothing is known, and on a day off nobody stands out."""
    if view.is_day_off:
        return Exceptions((), (), ())
    return Exceptions(
        stuck=tuple(each for each in view.behind if is_stuck(each)),
        behind=tuple(each for each in view.behind if not is_stuck(each)),
        ahead=tuple(each for each in view.done if is_ahead(each)),
    )


def is_stuck(advisor: Advisor) -> bool:
    """Whether they tried as often as the target asks and came to less than half of it: more of the same would not help."""
    figures, target = advisor.figures, advisor.figures.targets.calls
    return bool(advisor.calls_short) and 2 * figures.calls_effective < target <= figures.calls


def is_ahead(advisor: Advisor) -> bool:
    """Whether they met what was asked and did more."""
    figures, targets = advisor.figures, advisor.figures.targets
    more = figures.calls_effective > targets.calls or figures.visits > targets.visits
    return figures.met and more


@dataclass(frozen=True, slots=True)
class Success:
    """A sale (`bought` products for `amount` yuan), or with 0 an appointment; `told_by`: the visit or call a case can be made of."""

    advisor: StaffName
    customer_name: str | None
    bought: int
    amount: Decimal
    told_by: TeamActivity | None


def successes(activities: Iterable[TeamActivity]) -> list[Success]:
    """What worked on a day: sales by their amount, the largest first, then appointments in the order they were made."""
    standing = [each for each in activities if not each.voided]
    by_id = {each.id: each for each in standing}
    sales: list[Success] = []
    appointments: list[Success] = []
    for each in sorted(standing, key=lambda one: (one.occurred_at, one.id)):
        if each.kind == ActivityKind.PROPOSAL and (proposal := _proposal(each)) is not None:
            paid = [pick.amount or Decimal(0) for pick in proposal.picks if pick.response is PickResponse.BOUGHT]
            if paid:
                sales.append(
                    Success(
                        each.advisor, each.customer_name, len(paid), sum(paid, Decimal(0)), by_id.get(proposal.visit_id)
                    )
                )
        elif each.data.get("outcome") == CallOutcome.APPOINTMENT:
            appointments.append(Success(each.advisor, each.customer_name, 0, Decimal(0), each))
    return [*sorted(sales, key=lambda sale: -sale.amount), *appointments]


def _proposal(activity: TeamActivity) -> Proposal | None:
    try:
        return Proposal.model_validate(activity.data)
    except ValidationError:
        # Of a later version.
        return None


def proposed_drill(view: TeamView, cases: Iterable[SharedCase], reason: str | None = None) -> MeetingDrill:
    """A drill on a reason, or on the one heard most of those that there is a script for; by whoever heard it most.

    `view.declines` must not be empty.
    """
    scripts = {case.topic: case for case in reversed(list(cases))}
    if reason is None:
        heard = [each for each, _ in view.declines]
        reason = next((each for each in heard if each in scripts), heard[0])
    heard_by = [each for each in view.advisors if each.figures.declines.get(reason)]
    most = max(heard_by, key=lambda each: each.figures.declines[reason], default=None)
    return MeetingDrill(
        reason=reason,
        case_id=scripts[reason].id if reason in scripts else None,
        advisor_played_by=most.row.staff.id if most is not None else None,
    )


def script_of(cases: Iterable[SharedCase], drill: MeetingDrill) -> SharedCase | None:
    """The case that a drill is read from."""
    return next((case for case in cases if case.id == drill.case_id), None)


def next_day(view: TeamView, today: date) -> date:
    """The day for which the meeting agrees on lists: the first working one after its own that has not passed."""
    days = list_days(view.team.policy, today, count=2)
    return next((day for day in days if day > view.team.day), days[-1] if days else today)


def bank_zone(session: AppSession) -> tzinfo:
    """The zone of the bank's clock."""
    return zone(session.store.read(policies).timezone)


def begun_draft(session: AppSession, unit_id: UUID, day: date) -> Draft | None:
    """The meeting of a unit's day in which something was said or agreed on this device, and that is not closed."""
    return session.store.read(lambda tx: _begun(get_meta(tx, _key(unit_id, day))))


def _begun(kept: str | None) -> Draft | None:
    try:
        draft = None if kept is None else Draft.model_validate_json(kept)
    except ValidationError:
        # Of another version.
        return None
    return None if draft is None or draft.is_blank else draft


def keep_draft(tx: sqlite3.Connection, draft: Draft) -> None:
    """Keep a meeting that is being held; what nobody can close any more goes."""
    set_meta(tx, _key(draft.unit_id, draft.day), draft.model_dump_json())
    old = f"{_KEY}/{draft.day - KEPT_DAYS}"
    tx.execute("DELETE FROM meta WHERE key > ? AND key < ?", (f"{_KEY}/", old))


def drop_draft(tx: sqlite3.Connection, unit_id: UUID, day: date) -> None:
    """The meeting is closed: the server has it."""
    set_meta(tx, _key(unit_id, day), None)


def unfinished(session: AppSession, unit_id: UUID) -> list[Draft]:
    """The unit's meetings that were begun here and not closed, the latest first."""

    def read(tx: sqlite3.Connection) -> list[Draft]:
        rows = tx.execute("SELECT value FROM meta WHERE key LIKE ? ORDER BY key DESC", (f"{_KEY}/%/{unit_id}",))
        return [draft for row in rows if (draft := _begun(row["value"])) is not None]

    return session.store.read(read)


def answers_by_advisor(activities: Iterable[TeamActivity]) -> dict[UUID, list[str]]:
    """What advisors said themselves of what may want a word on that day, each answer once."""
    found: dict[UUID, list[str]] = {}
    for activity in activities:
        answers = [hint.answer.text for hint in activity.hints if hint.answer is not None]
        said = found.setdefault(activity.advisor.id, [])
        said += [each for each in dict.fromkeys(answers) if each not in said]
    return found


def _key(unit_id: UUID, day: date) -> str:
    # The day first, so that old ones are told by order.
    return f"{_KEY}/{day}/{unit_id}"
