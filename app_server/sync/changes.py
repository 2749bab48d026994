"""What a phone has not seen yet: a snapshot paged from the beginning, then what came after the heads remembered there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from app_server.org.queries import policies
from app_server.sync import queries, sight
from app_server.sync.cursor import Cursor, Heads, Place, expired
from app_server.sync.handed import handed_to
from app_server.sync.lent import loans_of
from app_server.sync.queries import Data, Told
from app_server.sync.sight import Reader
from app_server.tables import BANK_SCOPE
from shared_models.activity import ActivityKind
from shared_models.lending import LentOn
from shared_models.plans import last_contact_with
from shared_models.sync import Entity

# In this order, so that what others name comes before them. A cursor names one by its place: append only.
SNAPSHOT = (
    Entity.POLICY,
    Entity.PRODUCT,
    Entity.CUSTOMER,
    Entity.PLAN,
    Entity.ACTIVITY,
    Entity.REVIEW,
    Entity.CASE,
    Entity.CASE_DRAFT,
    Entity.LEAVE,
    Entity.NOTICE,
    Entity.BOARD,
)
PLANS_BACK = timedelta(days=7)
ACTIVITIES_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Page:
    """Changes to send, where that leads, and whether more follow."""

    changes: list[Data]
    cursor: Cursor
    has_more: bool


def next_page(
    session: Session,
    reader: Reader,
    *,
    cursor: Cursor | None,
    before: int,
    announced: int,
    upto: Heads,
    limit: int,
    sent: Collection[UUID],
) -> Page:
    """At most `limit` changes after `cursor`, up to the heads `upto`, without the activities in `sent`.

    Beside them, before the calls to customers who have left the book: what such calls are counted by.
    Read the heads in an earlier statement than this: what is numbered up to a head is committed by then.
    `before` is the own head before this very request's activities, which are not read again; `announced` that of the
    changes: beyond `before` only when this request announced some.
    """
    if cursor is None:
        cursor = Cursor(staff_id=reader.advisor_id, heads=upto, snapshot=Place(entity=0))
    if cursor.heads.own > upto.own or cursor.heads.bank > upto.bank:
        raise expired()  # a number we never gave: the database was set back
    if cursor.snapshot is not None:
        page = _snapshot_page(session, reader, cursor, cursor.snapshot, upto=upto, limit=limit, sent=sent)
    else:
        page = _feed_page(
            session, reader, cursor, before=before, announced=announced, upto=upto, limit=limit, sent=sent
        )
    return replace(page, changes=_with_departed(session, reader, page.changes))


def _snapshot_page(
    session: Session, reader: Reader, cursor: Cursor, place: Place, *, upto: Heads, limit: int, sent: Collection[UUID]
) -> Page:
    changes: list[Data] = []
    index, after = place.entity, place.after
    room = limit
    while index < len(SNAPSHOT):
        rows = _of_snapshot(session, reader, SNAPSHOT[index], after=after, heads=cursor.heads, most=room)
        changes += [_change(SNAPSHOT[index], data) for _, data in rows]
        room -= len(rows)
        if room == 0:
            rest = cursor.model_copy(update={"snapshot": Place(entity=index, after=rows[-1][0])})
            return Page(_without(changes, sent), rest, has_more=True)
        index, after = index + 1, ""
    done = cursor.model_copy(update={"snapshot": None})
    return Page(_without(changes, sent), done, has_more=done.heads != upto)


def _of_snapshot(
    session: Session, reader: Reader, entity: Entity, *, after: str, heads: Heads, most: int
) -> list[tuple[str, tuple[str, Data | None]]]:
    try:
        if entity is Entity.ACTIVITY:
            activities = queries.activities_between(
                session,
                advisor_id=reader.advisor_id,
                after=int(after or 0),
                upto=heads.own,
                since=reader.today - ACTIVITIES_BACK,
                most=most,
            )
            return [(str(told.seq), (told.entity_id, told.data)) for told in activities]
        key = UUID(after) if after else None
    except ValueError:
        raise expired() from None
    since = reader.today - PLANS_BACK
    rows = sight.by_id(session, entity, reader, after=key, since=since, most=most)
    if entity is Entity.CUSTOMER:
        _add_of_others(session, reader, dict(rows))
    return [(str(row_id), (str(row_id), data)) for row_id, data in rows]


def _feed_page(
    session: Session,
    reader: Reader,
    cursor: Cursor,
    *,
    before: int,
    announced: int,
    upto: Heads,
    limit: int,
    sent: Collection[UUID],
) -> Page:
    seen = cursor.heads
    bank = _bank(session, after=seen.bank, upto=upto.bank, most=limit + 1)
    if len(bank) > limit:
        reached = Heads(own=seen.own, bank=bank[limit - 1].seq)
        page = _told(session, reader, bank[:limit], sent)
        return Page(page, cursor.model_copy(update={"heads": reached}), has_more=True)
    room = limit - len(bank)
    own = _own(session, reader, after=seen.own, before=before, announced=announced, most=room + 1)
    is_cut = len(own) > room
    own_reached = upto.own
    if is_cut:
        own_reached = own[room - 1].seq if room else seen.own
    reached = Heads(own=own_reached, bank=upto.bank)
    page = _told(session, reader, [*bank, *own[:room]], sent)
    return Page(page, cursor.model_copy(update={"heads": reached}), has_more=is_cut)


def _bank(session: Session, *, after: int, upto: int, most: int) -> list[Told]:
    return queries.changes_between(session, BANK_SCOPE, after=after, upto=upto, most=most) if after < upto else []


def _own(session: Session, reader: Reader, *, after: int, before: int, announced: int, most: int) -> list[Told]:
    told: list[Told] = []
    if after < announced:
        told += queries.changes_between(session, str(reader.advisor_id), after=after, upto=announced, most=most)
    if after < before:
        told += queries.activities_between(
            session, advisor_id=reader.advisor_id, after=after, upto=before, since=None, most=most
        )
    return sorted(told, key=lambda each: each.seq)[:most]


def _told(session: Session, reader: Reader, told: Sequence[Told], sent: Collection[UUID]) -> list[Data]:
    newest: dict[tuple[Entity, str], Told] = {}
    for each in told:
        # Out and in again: what changed twice stands where it changed last.
        newest.pop((each.entity, each.entity_id), None)
        newest[each.entity, each.entity_id] = each
    wanted: dict[Entity, list[UUID]] = defaultdict(list)
    for each in newest.values():
        if not each.deleted and each.data is None:
            wanted[each.entity].append(UUID(each.entity_id))
    found: dict[tuple[Entity, str], Data] = {}
    for entity, ids in wanted.items():
        rows = sight.of_ids(session, entity, ids, reader)
        if entity is Entity.CUSTOMER:
            _add_of_others(session, reader, rows)
        found |= {(entity, str(row_id)): data for row_id, data in rows.items()}
    # What is gone, or not this advisor's any more, by the time it is read is gone to them.
    changes = [
        _change(entity, (entity_id, each.data or found.get((entity, entity_id))))
        for (entity, entity_id), each in newest.items()
    ]
    return _without(changes, sent)


def _add_of_others(session: Session, reader: Reader, customers: Mapping[UUID, Data]) -> None:
    """Add to each of these customers what they bring along from others' ledgers, and who has them today or whose they are.

    Spoken to there, they have been contacted: whoever has them now does not begin as a stranger.
    """
    if not customers:
        return
    for loan in loans_of(session, customers.keys(), reader.today):
        is_here = loan.borrower.id == reader.advisor_id
        lent = LentOn(day=loan.day, name=(loan.owner if is_here else loan.borrower).name)
        customers[loan.customer_id]["lent_from" if is_here else "lent_to"] = lent.model_dump(mode="json")
    handed = handed_to(session, reader.advisor_id, customers.keys(), since=reader.today - ACTIVITIES_BACK)
    rules = policies(session) if handed else None
    for customer_id, each in handed.items():
        data = customers[customer_id]
        data["handed"] = each.model_dump(mode="json")
        if rules is not None:
            data["last_contact_on"] = last_contact_with(data["last_contact_on"], each, rules)


def _with_departed(session: Session, reader: Reader, changes: list[Data]) -> list[Data]:
    """The changes, and of the customers not in the book whom they name since when calls to them count as managed.

    A phone that was off while they were in the book, or began anew after it, would take them for prospects.
    """
    gone = [each for each in changes if each["entity"] == Entity.CUSTOMER.value and each["deleted"]]
    called = {
        each["data"]["customer_id"]
        for each in changes
        if each["entity"] == Entity.ACTIVITY.value and each["data"]["kind"] == ActivityKind.CALL
    }
    named = {UUID(each["id"]) for each in gone} | called - {None}
    departed = sight.departed(session, named, reader) if named else {}
    for each in gone:
        if (since := departed.pop(UUID(each["id"]), None)) is not None:
            each["data"] = {"managed_since": since}
    told = [
        {"entity": Entity.CUSTOMER.value, "id": str(customer_id), "deleted": True, "data": {"managed_since": since}}
        for customer_id, since in departed.items()
    ]
    return [*told, *changes]


def _change(entity: Entity, row: tuple[str, Data | None]) -> Data:
    entity_id, data = row
    return {"entity": entity.value, "id": entity_id, "deleted": data is None, "data": data or {}}


def _without(changes: list[Data], sent: Collection[UUID]) -> list[Data]:
    if not sent or not changes:
        return changes
    ids = {str(each) for each in sent}
    return [each for each in changes if each["entity"] != Entity.ACTIVITY.value or each["id"] not in ids]
