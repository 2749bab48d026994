"""The one materializer: what an activity or a server's change does to the store's tables, for local writes and pulls alike."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ValidationError

from app_client.store.meta import Meta, get_meta, set_meta
from app_client.store.rules import policies
from shared_models.activity import Activity, ActivityKind, Void
from shared_models.boards import Board
from shared_models.calls import CONNECTED_OUTCOMES
from shared_models.cases import CaseDraft, SharedCase
from shared_models.customers import Customer, Departed, Prospect, name_initials
from shared_models.leave import Leave
from shared_models.lending import LentOn
from shared_models.notices import Notice
from shared_models.plans import Handed, Plan
from shared_models.policy import Policies, Policy
from shared_models.products import Product
from shared_models.reviews import Review
from shared_models.sync import ActivityResult, Change, Entity, ResultStatus

State = Literal["waiting", "synced", "held"]

# What the server says beside a customer, in columns of these names.
_TOLD_BESIDE: dict[str, type[BaseModel]] = {"handed": Handed, "lent_to": LentOn, "lent_from": LentOn}
NOTHING_TOLD: Mapping[str, str | None] = {}

_log = logging.getLogger("day2053.store")


def insert_activity(
    tx: sqlite3.Connection, activity: Activity, *, state: State, device: Literal["this", "other"]
) -> bool:
    """Put an activity into the ledger; False when its id is already there, which changes nothing."""
    return _insert_activity(tx, activity, policies(tx), state=state, device=device)


def apply_activity(tx: sqlite3.Connection, activity: Activity) -> None:
    """Take in one activity that the server already has, and project it."""
    if insert_activity(tx, activity, state="synced", device="other"):
        project(tx, [activity])


def apply_change(tx: sqlite3.Connection, change: Change) -> None:
    """Take in one change; see `apply_changes`."""
    apply_changes(tx, [change])


def apply_changes(tx: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Take in the server's changes, in order.

    An activity that waits or is held here stays as it is; but one that is held and that the server has taken after all,
    from a copy of the request that came later than its answer, is held no more. A customer who left the book is removed, but not from
    `pools`, so that earlier figures stand; one who was never here comes into it by being gone. Entities this version does
    not know are passed over; so is a row it cannot read, for one bad row must not stop all the others.
    """
    in_snapshot = get_meta(tx, Meta.SNAPSHOT) is not None
    rules = policies(tx)
    pulled: list[Activity] = []
    customers: set[str] = set()
    for change in changes:
        try:
            if change.entity == Entity.ACTIVITY:
                activity = _pulled_activity(tx, change, rules)
                pulled += [activity] if activity is not None else []
            elif change.deleted:
                _delete(tx, change)
            elif (upsert := _UPSERTS.get(change.entity)) is not None:
                upsert(tx, change)
        except ValidationError as error:
            _log.warning("unreadable %s change: %d errors", change.entity, error.error_count())
            continue
        if change.entity == Entity.CUSTOMER:
            customers.add(_key(change.id))
        if change.entity == Entity.POLICY:
            rules = _recount_days(tx, rules)
        if in_snapshot:
            _mark(tx, change)
    project(tx, pulled)
    _refresh_contact_days(tx, customers)


def begin_snapshot(tx: sqlite3.Connection) -> None:
    """From here until `end_snapshot`, remember what the server shows."""
    tx.execute("DELETE FROM snapshot_seen")
    set_meta(tx, Meta.SNAPSHOT, "open")


def end_snapshot(tx: sqlite3.Connection) -> None:
    """Remove what the snapshot did not show; prospects of this phone that the server does not know yet stay."""
    if get_meta(tx, Meta.SNAPSHOT) is None:
        return
    tx.execute(
        "DELETE FROM customers WHERE id NOT IN (SELECT id FROM snapshot_seen WHERE entity = 'customer') "
        "AND id NOT IN (SELECT activity_id FROM outbox)"
    )
    for entity, table in _TABLES.items():
        if entity != Entity.CUSTOMER:
            seen = "SELECT id FROM snapshot_seen WHERE entity = ?"
            tx.execute(f"DELETE FROM {table} WHERE id NOT IN ({seen})", (entity,))  # noqa: S608 - our own table
    tx.execute("DELETE FROM snapshot_seen")
    set_meta(tx, Meta.SNAPSHOT, None)


def abandon_snapshot(tx: sqlite3.Connection) -> None:
    """Forget a snapshot that will be started anew."""
    tx.execute("DELETE FROM snapshot_seen")
    set_meta(tx, Meta.SNAPSHOT, None)


def settle(tx: sqlite3.Connection, results: Iterable[ActivityResult], *, sent: Iterable[Activity]) -> None:
    """Apply the server's answers: what it took leaves the outbox, what it rejected is held with code and reason."""
    in_snapshot = get_meta(tx, Meta.SNAPSHOT) is not None
    rejected: list[Activity] = []
    for result, activity in zip(results, sent, strict=True):
        key = str(activity.id)
        if result.status is ResultStatus.REJECTED:
            rejected.append(activity)
            tx.execute("UPDATE activities SET state = 'held' WHERE id = ?", (key,))
            tx.execute(
                "UPDATE outbox SET state = 'held', attempts = attempts + 1, code = ?, detail = ? WHERE activity_id = ?",
                (result.code, result.detail, key),
            )
            continue
        _synced(tx, key)
        if in_snapshot and result.status is ResultStatus.ACCEPTED and activity.kind is ActivityKind.PROSPECT:
            # The server knows this customer only now, after the snapshot began: they are not what it left out. One that it
            # knew before may be in another book by now.
            _mark(tx, Change(entity=Entity.CUSTOMER, id=key))
    project(tx, rejected)


def project(tx: sqlite3.Connection, activities: Iterable[Activity]) -> None:
    """Bring customers and their days into line with the ledger after these activities came, went or changed state.

    It looks at what the ledger says now rather than at what changed, so any order and any repeat end the same.
    """
    prospects: set[str] = set()
    customers: set[str] = set()
    targets: set[str] = set()
    for activity in activities:
        if isinstance(activity.data, Prospect):
            prospects.add(str(activity.id))
        if isinstance(activity.data, Void):
            targets.add(str(activity.data.activity_id))
        if activity.customer_id is not None:
            customers.add(str(activity.customer_id))
    for row in tx.execute(
        "SELECT id, kind, customer_id FROM activities WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(targets)),),
    ):
        if row["kind"] == ActivityKind.PROSPECT:
            prospects.add(row["id"])
        elif row["customer_id"] is not None:
            customers.add(row["customer_id"])
    for prospect in sorted(prospects):
        _project_prospect(tx, prospect)
    _refresh_contact_days(tx, customers | prospects)


def _insert_activity(
    tx: sqlite3.Connection, activity: Activity, rules: Policies, *, state: State, device: Literal["this", "other"]
) -> bool:
    wire = activity.model_dump(mode="json")
    inserted = tx.execute(
        "INSERT INTO activities VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            str(activity.id),
            activity.kind,
            activity.seq,
            device,
            wire["occurred_at"],
            activity.clock_offset_ms,
            activity.corrected_at.astimezone(UTC).isoformat(timespec="microseconds"),
            rules.business_day(activity.occurred_at, activity.clock_offset_ms).isoformat(),
            wire["customer_id"],
            None if activity.refers_to is None else str(activity.refers_to),
            json.dumps(wire["data"], ensure_ascii=False, separators=(",", ":")),
            state,
        ),
    )
    return inserted.rowcount == 1


def _pulled_activity(tx: sqlite3.Connection, change: Change, rules: Policies) -> Activity | None:
    if change.deleted:
        # The ledger only grows; a server has no reason to say this, and the phone none to lose a fact over it.
        return None
    activity = Activity.model_validate({"id": change.id, **change.data})
    is_new = _insert_activity(tx, activity, rules, state="synced", device="other")
    return activity if is_new or _release(tx, activity) else None


def _release(tx: sqlite3.Connection, taken: Activity) -> bool:
    """Let go of a held activity that the server has taken as it is here; False when it is not held, or is another."""
    row = tx.execute("SELECT * FROM activities WHERE id = ? AND state = 'held'", (str(taken.id),)).fetchone()
    if row is None or activity_of_row(row).without_card() != taken:
        return False
    _synced(tx, str(taken.id))
    return True


def _synced(tx: sqlite3.Connection, key: str) -> None:
    """The server has it: it waits no more, and a sealed card has done its duty."""
    tx.execute(
        "UPDATE activities SET state = 'synced', data = CASE WHEN json_extract(data, '$.card') IS NULL THEN data "
        "ELSE json_set(data, '$.card', NULL) END WHERE id = ?",
        (key,),
    )
    tx.execute("DELETE FROM outbox WHERE activity_id = ?", (key,))


def wire_of_row(row: sqlite3.Row) -> dict[str, Any]:
    """An activity as it goes over the wire: the same bytes at every attempt."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "seq": row["seq"],
        "occurred_at": row["occurred_at"],
        "clock_offset_ms": row["clock_offset_ms"],
        "customer_id": row["customer_id"],
        "data": json.loads(row["data"]),
    }


def activity_of_row(row: sqlite3.Row) -> Activity:
    """An activity as the store keeps it."""
    return Activity.model_validate(wire_of_row(row))


def _project_prospect(tx: sqlite3.Connection, prospect_id: str) -> None:
    row = tx.execute(
        """SELECT data FROM activities AS made WHERE id = ? AND NOT EXISTS (
            SELECT 1 FROM activities AS voids
            WHERE voids.refers_to = made.id AND voids.kind = 'void' AND voids.state <> 'held'
        )""",
        (prospect_id,),
    ).fetchone()
    if row is None:
        # Once the server has taken the customer over, only the server says when they go.
        tx.execute("DELETE FROM customers WHERE id = ? AND is_local = 1", (prospect_id,))
        return
    is_here = tx.execute("SELECT 1 FROM customers WHERE id = ?", (prospect_id,)).fetchone()
    is_own = tx.execute("SELECT 1 FROM outbox WHERE activity_id = ?", (prospect_id,)).fetchone()
    if is_here or not is_own:
        # What the server has taken over comes as a customer, or not at all: they may be in another book by now.
        return
    prospect = Prospect.model_validate_json(row["data"])
    customer = Customer(
        id=UUID(prospect_id),
        name=prospect.name,
        phone=prospect.phone,
        initials=name_initials(prospect.name),
        source=prospect.source,
        note=prospect.note,
    )
    _put_customer(tx, customer, doc=customer.model_dump_json(), is_local=True)


def _put_customer(
    tx: sqlite3.Connection,
    customer: Customer,
    *,
    doc: str,
    is_local: bool,
    told: Mapping[str, str | None] = NOTHING_TOLD,
) -> None:
    """Put a customer in place; `told`: what the server says beside them, each as JSON or None."""
    since = None if customer.managed_since is None else customer.managed_since.isoformat()
    tx.execute(
        """INSERT INTO customers
            (id, name, phone, digits, initials, managed_since, tier, rating, is_local, doc, handed, lent_to, lent_from)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone, digits = excluded.digits,
            initials = excluded.initials, managed_since = excluded.managed_since, tier = excluded.tier,
            rating = excluded.rating, is_local = excluded.is_local, doc = excluded.doc,
            handed = excluded.handed, lent_to = excluded.lent_to, lent_from = excluded.lent_from""",
        (
            str(customer.id),
            customer.name,
            customer.phone,
            "".join(letter for letter in customer.phone if letter.isdigit()),
            customer.initials,
            since,
            customer.tier,
            customer.rating,
            int(is_local),
            doc,
            *(told.get(name) for name in _TOLD_BESIDE),
        ),
    )
    _put_pool(tx, str(customer.id), since)


def _put_pool(tx: sqlite3.Connection, customer_id: str, managed_since: str | None) -> None:
    tx.execute(
        "INSERT INTO pools VALUES (?, ?) ON CONFLICT DO UPDATE SET managed_since = excluded.managed_since",
        (customer_id, managed_since),
    )


def _refresh_contact_days(tx: sqlite3.Connection, customer_ids: Iterable[str]) -> None:
    """The last call and the last conversation of these customers: the later of the ledger's and the server's word."""
    tx.execute(
        """WITH standing AS (
            SELECT customer_id, kind, business_day, data ->> 'outcome' AS outcome, data ->> 'talk_seconds' AS talked
            FROM activities AS made
            WHERE customer_id IN (SELECT value FROM json_each(:ids)) AND kind IN ('call', 'visit', 'pbx_record')
                AND state <> 'held'
                AND NOT EXISTS (
                    SELECT 1 FROM activities AS voids
                    WHERE voids.refers_to = made.id AND voids.kind = 'void' AND voids.state <> 'held'
                )
        ), days AS (
            SELECT customer_id,
                max(business_day) FILTER (WHERE kind <> 'visit') AS called,
                max(business_day) FILTER (
                    WHERE kind = 'visit' OR outcome IN (SELECT value FROM json_each(:connected))
                        OR (kind = 'pbx_record' AND talked > 0)
                ) AS spoken
            FROM standing GROUP BY customer_id
        )
        UPDATE customers SET
            last_called_on = nullif(max(
                coalesce((SELECT called FROM days WHERE customer_id = customers.id), ''),
                coalesce(doc ->> 'last_contact_on', '')
            ), ''),
            last_spoken_on = nullif(max(
                coalesce((SELECT spoken FROM days WHERE customer_id = customers.id), ''),
                coalesce(doc ->> 'last_contact_on', '')
            ), '')
        WHERE id IN (SELECT value FROM json_each(:ids))""",
        {"ids": json.dumps(sorted(customer_ids)), "connected": json.dumps(sorted(CONNECTED_OUTCOMES))},
    )


def _recount_days(tx: sqlite3.Connection, before: Policies) -> Policies:
    """A bank that moves to another time zone moves every instant's day; on a first sync that may truly happen."""
    after = policies(tx)
    if after.timezone == before.timezone:
        return after
    rows = tx.execute("SELECT id, corrected_at FROM activities").fetchall()
    days = [(_day_of(row["corrected_at"], after), row["id"]) for row in rows]
    tx.executemany("UPDATE activities SET business_day = ? WHERE id = ?", days)
    customers = tx.execute("SELECT id FROM customers").fetchall()
    _refresh_contact_days(tx, {row["id"] for row in customers})
    return after


def _day_of(corrected_at: str, rules: Policies) -> str:
    return rules.business_day(datetime.fromisoformat(corrected_at), 0).isoformat()


def _put_customer_change(tx: sqlite3.Connection, change: Change) -> None:
    customer = Customer.model_validate({"id": change.id, **change.data})
    told = {
        name: None if (said := change.data.get(name)) is None else shape.model_validate(said).model_dump_json()
        for name, shape in _TOLD_BESIDE.items()
    }
    _put_customer(tx, customer, doc=_doc(change), is_local=False, told=told)


def _put_product(tx: sqlite3.Connection, change: Change) -> None:
    product = Product.model_validate({"id": change.id, **change.data})
    _put_doc(tx, "products", product.id, change)


def _put_doc(tx: sqlite3.Connection, table: str, key: UUID, change: Change) -> None:
    statement = f"INSERT INTO {table} (id, doc) VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc"  # noqa: S608 - our own table
    tx.execute(statement, (str(key), _doc(change)))


def _put_plan(tx: sqlite3.Connection, change: Change) -> None:
    plan = Plan.model_validate({"id": change.id, **change.data})
    tx.execute("DELETE FROM plans WHERE id = ?", (_key(change.id),))
    tx.execute(
        "INSERT INTO plans VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET id = excluded.id, doc = excluded.doc",
        (plan.day.isoformat(), _key(change.id), _doc(change)),
    )


def _put_policy(tx: sqlite3.Connection, change: Change) -> None:
    policy = Policy.model_validate(change.data)
    tx.execute("DELETE FROM policies WHERE id = ?", (_key(change.id),))
    tx.execute(
        "INSERT INTO policies VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET id = excluded.id, doc = excluded.doc",
        (policy.effective_from.isoformat(), _key(change.id), _doc(change)),
    )


def _put_board(tx: sqlite3.Connection, change: Change) -> None:
    board = Board.model_validate({"id": change.id, **change.data})
    _put_doc(tx, "boards", board.id, change)


def _put_review(tx: sqlite3.Connection, change: Change) -> None:
    review = Review.model_validate({"id": change.id, **change.data})
    tx.execute(
        "INSERT INTO reviews (id, activity_id, business_day, version, doc) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET version = excluded.version, doc = excluded.doc",
        (str(review.id), str(review.activity_id), review.business_day.isoformat(), review.version, _doc(change)),
    )


def _put_case(tx: sqlite3.Connection, change: Change) -> None:
    case = SharedCase.model_validate({"id": change.id, **change.data})
    tx.execute(
        "INSERT INTO cases VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET topic = excluded.topic, doc = excluded.doc",
        (str(case.id), case.topic, _doc(change)),
    )


def _put_case_draft(tx: sqlite3.Connection, change: Change) -> None:
    draft = CaseDraft.model_validate({"id": change.id, **change.data})
    _put_doc(tx, "case_drafts", draft.id, change)


def _put_leave(tx: sqlite3.Connection, change: Change) -> None:
    leave = Leave.model_validate({"id": change.id, **change.data})
    tx.execute(
        "INSERT INTO leave VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day",
        (str(leave.id), leave.first_day.isoformat(), leave.last_day.isoformat()),
    )


def _put_notice(tx: sqlite3.Connection, change: Change) -> None:
    notice = Notice.model_validate({"id": change.id, **change.data})
    tx.execute(
        "INSERT INTO notices VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET day = excluded.day, doc = excluded.doc",
        (str(notice.id), notice.day.isoformat(), _doc(change)),
    )


_UPSERTS: dict[str, Callable[[sqlite3.Connection, Change], None]] = {
    Entity.CUSTOMER: _put_customer_change,
    Entity.PRODUCT: _put_product,
    Entity.PLAN: _put_plan,
    Entity.POLICY: _put_policy,
    Entity.BOARD: _put_board,
    Entity.REVIEW: _put_review,
    Entity.CASE: _put_case,
    Entity.CASE_DRAFT: _put_case_draft,
    Entity.LEAVE: _put_leave,
    Entity.NOTICE: _put_notice,
}
# Where each entity lies whose rows come and go as the server says.
_TABLES: dict[str, str] = {
    Entity.CUSTOMER: "customers",
    Entity.PRODUCT: "products",
    Entity.PLAN: "plans",
    Entity.POLICY: "policies",
    Entity.BOARD: "boards",
    Entity.REVIEW: "reviews",
    Entity.CASE: "cases",
    Entity.CASE_DRAFT: "case_drafts",
    Entity.LEAVE: "leave",
    Entity.NOTICE: "notices",
}


def _delete(tx: sqlite3.Connection, change: Change) -> None:
    if (table := _TABLES.get(change.entity)) is not None:
        tx.execute(f"DELETE FROM {table} WHERE id = ?", (_key(change.id),))  # noqa: S608 - our own table
    if change.entity == Entity.CUSTOMER:
        since = Departed.model_validate(change.data).managed_since
        # Where the server has nothing to say, what the phone knows from their time here stands.
        if since is not None:
            _put_pool(tx, _key(change.id), since.isoformat())


def _mark(tx: sqlite3.Connection, change: Change) -> None:
    statement = (
        "DELETE FROM snapshot_seen WHERE entity = ? AND id = ?"
        if change.deleted
        else "INSERT INTO snapshot_seen VALUES (?, ?) ON CONFLICT DO NOTHING"
    )
    tx.execute(statement, (change.entity, _key(change.id)))


def _key(change_id: str) -> str:
    """An id as the tables have it: a UUID in its usual form, anything else as it came."""
    try:
        return str(UUID(change_id))
    except ValueError:
        return change_id


def _doc(change: Change) -> str:
    # As it came, not as this version reads it: a later version may know more of its fields.
    return json.dumps({"id": change.id, **change.data}, ensure_ascii=False, separators=(",", ":"))
