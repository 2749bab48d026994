"""What a head can do: ask for a day or the activities behind a figure and keep the answer, and set advisors' lists; nothing here waits in an outbox."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app_client.plans.actions import change_list
from app_client.session import AppSession
from app_client.sync.clock_offset import keep_offset
from app_client.sync.transport import BadReply
from app_client.team.queries import Behind, Grades, KeptDay, keep_activities, keep_day
from shared_models.confirmations import OutletCodes
from shared_models.errors import DomainError
from shared_models.plans import Plan
from shared_models.policy import zone
from shared_models.quality import FindingState
from shared_models.team import TeamActivity


@dataclass(frozen=True, slots=True)
class Arranged:
    """Whose list was set, and for whom it failed and why."""

    done: tuple[UUID, ...]
    failed: Mapping[UUID, DomainError]


async def fetch_day(session: AppSession, unit_id: UUID, day: date, grades: Grades = ()) -> KeptDay:
    """Ask for a unit's day, counted with these grades, and keep the answer, and what it tells of this device's clock: no sync does that for a head.

    Of today the server is asked without a date, since it knows best which day that is; see `session.today()` afterwards.
    Raises Offline, SignInAgain, ServerSaid, BadReply; StoreWriteFailed when the answer could not be kept.
    """
    asked_day = None if day == session.today() else day
    sent_at = session.now()
    team = await session.transport.get_team_day(unit_id, asked_day, grades=grades)
    if tuple(team.grades or ()) != grades:
        # Figures of all evidence must not be taken for those of the best.
        raise BadReply("The server's answer is of other evidence grades than were asked for.")
    now = session.now()

    def keep(tx: sqlite3.Connection) -> None:
        keep_offset(tx, sent_at=sent_at, received_at=now, server_time=team.as_of)
        keep_day(tx, unit_id, team, now=now)

    await session.store.write(keep)
    return KeptDay(team, team.as_of.astimezone(zone(team.policy.timezone)))


async def fetch_outlet_codes(session: AppSession, unit_id: UUID) -> tuple[OutletCodes, timedelta]:
    """What the screen of an outlet's hall shows in the next hours, and how far this device's clock is behind the server's.

    Raises Offline, SignInAgain, ServerSaid, BadReply.
    """
    sent_at = session.now()
    codes = await session.transport.get_outlet_codes(unit_id)
    midway = sent_at + (session.now() - sent_at) / 2
    return codes, codes.server_time - midway


async def fetch_activities(session: AppSession, asked: Behind) -> list[TeamActivity]:
    """Ask for the activities behind a figure and keep the answer; raises as `fetch_day`."""
    found = await session.transport.get_team_activities(
        asked.unit_id, asked.day, advisor_id=asked.advisor_id, metric=asked.metric, grades=asked.grades
    )
    now = session.now()
    await session.store.write(lambda tx: keep_activities(tx, asked, found, now=now))
    return found


async def count_waiting(session: AppSession, unit_id: UUID) -> int:
    """How many findings of the quality check nobody has looked at; 0 where that cannot be asked: the day stands without it."""
    try:
        return (await session.transport.get_quality(unit_id, state=FindingState.OPEN, cursor=None)).waiting
    except DomainError:
        return 0


async def listen(session: AppSession, recording_id: UUID) -> bool:
    """Ask for a link to a call's recording and open it; False when the device does not. Raises as `fetch_day`; each link is noted."""
    ticket = await session.transport.get_recording_ticket(recording_id)
    return await session.platform.links.open(ticket.url)


async def fetch_plan(session: AppSession, advisor_id: UUID, day: date) -> Plan:
    """The list that was set for an advisor and day, empty when none was; raises as `fetch_day` but for the store."""
    return await session.transport.get_plan(advisor_id, day)


async def set_plans(
    session: AppSession, day: date, chosen: Mapping[UUID, Sequence[UUID]], *, note: str, keeps_earlier: bool
) -> Arranged:
    """Set the list of each advisor, one after the other; what fails for one does not stop the others.

    `keeps_earlier`: the chosen come after those who are on the list already, and an empty note leaves the earlier one.
    """
    done: list[UUID] = []
    failed: dict[UUID, DomainError] = {}
    for advisor_id, customer_ids in chosen.items():
        try:
            await _set_plan(session, advisor_id, day, customer_ids, note=note.strip(), keeps_earlier=keeps_earlier)
        except DomainError as error:
            failed[advisor_id] = error
        else:
            done.append(advisor_id)
    return Arranged(tuple(done), failed)


async def _set_plan(
    session: AppSession, advisor_id: UUID, day: date, customer_ids: Sequence[UUID], *, note: str, keeps_earlier: bool
) -> None:
    def change(earlier: Plan) -> tuple[Sequence[UUID], str | None]:
        if not keeps_earlier:
            return customer_ids, note or None
        return [*earlier.customer_ids, *customer_ids], note or earlier.note

    await change_list(session, advisor_id, day, change)
