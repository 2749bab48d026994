"""Faults put into the real code, one at a time, each of which the suite has to find. Whole lines of source, old and new."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One replacement in one file; `old` stands there exactly once."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    """A fault by name: what goes wrong, and the changes that make it."""

    name: str
    changes: tuple[Change, ...]


def _mutation(name: str, path: str, old: str, new: str) -> Mutation:
    return Mutation(name, (Change(path, old, new),))


MUTATIONS = (
    _mutation(
        "the server does not look whether it has an activity already",
        "app_server/sync/acceptance.py",
        "    if entry is not None:\n        is_same",
        "    if entry is not None and not known:\n        is_same",
    ),
    _mutation(
        "the server answers although the commit failed",
        "app_server/database.py",
        "                session.commit()\n",
        "                try:\n                    session.commit()\n                except Exception:\n                    pass\n",
    ),
    Mutation(
        "the cursor is the largest id seen",
        (
            Change(
                "app_server/sync/service.py",
                "feed_seq=seq,",
                "feed_seq=item.activity.id.int >> 80 << 15 | item.activity.id.int & 0x7FFF,",
            ),
            Change(
                "app_server/sync/service.py",
                "before = head - taken if taken else upto.own",
                "before = upto.own",
            ),
            Change(
                "app_server/sync/queries.py",
                "Heads(own=scopes.get(own, 0),",
                "Heads(own=session.connection().execute(select(func.coalesce(func.max(LEDGER.c.feed_seq), 0))"
                ".where(LEDGER.c.advisor_id == advisor_id)).scalar_one(),",
            ),
        ),
    ),
    _mutation(
        "the cursor of a page that was cut is the feed's head",
        "app_server/sync/changes.py",
        "own_reached = own[room - 1].seq if room else seen.own",
        "own_reached = upto.own",
    ),
    _mutation(
        "a snapshot ends at the heads of its end, not of its beginning",
        "app_server/sync/changes.py",
        'done = cursor.model_copy(update={"snapshot": None})',
        'done = cursor.model_copy(update={"snapshot": None, "heads": upto})',
    ),
    _mutation(
        "an activity counts on the day it was received",
        "app_server/sync/service.py",
        "[policies.business_day(item.activity.occurred_at, item.activity.clock_offset_ms) for item in kept]",
        "[policies.today(now) for item in kept]",
    ),
    _mutation(
        "the fold forgets voids",
        "shared_models/fold.py",
        "voided = {activity.data.activity_id for activity in unique.values() if isinstance(activity.data, Void)}",
        "voided = set[UUID]()",
    ),
    _mutation(
        "a void leaves the day of what it strikes as it was folded",
        "app_server/ledger/refold.py",
        "if struck := {target for each, target in referring.items() if batch[each].kind is ActivityKind.VOID}:",
        "if struck := set[UUID]():",
    ),
    _mutation(
        "another advisor's customers are delivered",
        "app_server/sync/sight.py",
        "[_plain(column) for column in columns], [in_sight]",
        "[_plain(column) for column in columns], []",
    ),
    _mutation(
        "the old advisor's phone is not told that a customer has moved",
        "app_server/customers/service.py",
        "            Announced(str(from_advisor), Entity.CUSTOMER, str(customer_id), deleted=True),\n",
        "",
    ),
    _mutation(
        "a phone is not told how calls to customers who have left its book count",
        "app_server/sync/changes.py",
        "departed = sight.departed(session, named, reader) if named else {}",
        "departed = dict[UUID, date]()",
    ),
    _mutation(
        "calls made before a customer moved, and sent after, are refused",
        "app_server/sync/acceptance.py",
        "was_theirs = self.left_at is not None and at <= self.left_at",
        "was_theirs = False",
    ),
    _mutation(
        "a unit's totals go by where its advisors belong now",
        "app_server/org/queries.py",
        "        col(MembershipRow.starts_on) <= day, or_(col(MembershipRow.ends_on).is_(None), "
        "col(MembershipRow.ends_on) > day)\n",
        "        col(MembershipRow.ends_on).is_(None)\n",
    ),
    _mutation(
        "the outbox is emptied when it is sent, not when it is answered",
        "app_client/sync/runner.py",
        "            timed = await self._transport.sync(request, clock=self._clock)\n",
        "            await self._store.write(lambda tx: tx.execute(\"DELETE FROM outbox WHERE state = 'waiting'\"))\n"
        "            timed = await self._transport.sync(request, clock=self._clock)\n",
    ),
    _mutation(
        "the cursor is stored before the changes it stands for",
        "app_client/sync/runner.py",
        "    if request.cursor is None:\n        materialize.begin_snapshot(tx)\n",
        "    if request.cursor is None:\n        materialize.begin_snapshot(tx)\n"
        '    set_meta(tx, Meta.CURSOR, response.cursor)\n    tx.execute("COMMIT")\n    tx.execute("BEGIN IMMEDIATE")\n',
    ),
    _mutation(
        "an outlived cursor takes the outbox along",
        "app_client/sync/runner.py",
        "    set_meta(tx, Meta.CURSOR, None)\n",
        "    set_meta(tx, Meta.CURSOR, None)\n    tx.execute(\"DELETE FROM outbox WHERE state = 'waiting'\")\n",
    ),
    _mutation(
        "what the server rejected is dropped",
        "app_client/store/materialize.py",
        "        if result.status is ResultStatus.REJECTED:\n",
        "        if result.status is ResultStatus.REJECTED and not sent:\n",
    ),
    _mutation(
        "what the server took after all stays held",
        "app_client/store/materialize.py",
        "    return activity if is_new or _release(tx, activity) else None\n",
        "    return activity if is_new else None\n",
    ),
    _mutation(
        "a new snapshot leaves what it did not show",
        "app_client/store/materialize.py",
        "        \"DELETE FROM customers WHERE id NOT IN (SELECT id FROM snapshot_seen WHERE entity = 'customer') \"\n"
        '        "AND id NOT IN (SELECT activity_id FROM outbox)"\n',
        '        "DELETE FROM customers WHERE 0"\n',
    ),
    _mutation(
        "the clock's offset is not stored with an activity",
        "app_client/store/ledger.py",
        "    offset = clock_offset_ms(tx)\n",
        "    offset = 0\n",
    ),
    _mutation(
        "the outbox is not sent in the order it was made",
        "app_client/store/ledger.py",
        "ORDER BY outbox.seq LIMIT ?",
        "ORDER BY outbox.seq DESC LIMIT ?",
    ),
    _mutation(
        "a browser calls saved what has not reached its disk",
        "app_client/store/carrying.py",
        "            await self._carry()\n",
        '            __import__("asyncio").ensure_future(self._carry())\n',
    ),
    _mutation(
        "a browser calls saved what its disk refused",
        "app_client/store/carrying.py",
        "return self._error if self._refused > self._kept else None",
        "return None",
    ),
    _mutation(
        "an upgrade that breaks off keeps its first half",
        "app_client/store/database.py",
        '            connection.execute("ROLLBACK")\n            raise\n        connection.execute("COMMIT")\n',
        '            connection.execute("COMMIT")\n            raise\n        connection.execute("COMMIT")\n',
    ),
    _mutation(
        "the clock is measured over a renewed token, too",
        "app_client/sync/transport.py",
        "            sent_at = clock.now()\n",
        "",
    ),
    _mutation(
        "requests that hang one after another are not told of",
        "app_client/sync/machine.py",
        "    if state.phase is not Phase.SYNCING:\n",
        "    if state.phase:\n",
    ),
    _mutation(
        "a failing sync does not back off",
        "app_client/sync/machine.py",
        "wake_at=now + (pause if retry_after is None else max(retry_after, pause)),",
        "wake_at=now,",
    ),
    _mutation(
        "a sync that fails looks idle",
        "app_client/sync/machine.py",
        "return _back_off(state, Phase.OFFLINE, now, jitter), ()",
        "return _back_off(state, Phase.IDLE, now, jitter), ()",
    ),
    _mutation(
        "whoever has a customer now does not hear of a promise that comes in late",
        "app_server/sync/service.py",
        "    _tell_others(session, who, judged, now=now)\n",
        "",
    ),
    _mutation(
        "a customer brings along a promise that was kept before they came",
        "app_server/sync/handed.py",
        "_TELLING = (ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.FOLLOW_UP)",
        "_TELLING = (ActivityKind.FOLLOW_UP,)",
    ),
    _mutation(
        "a promise stays with whoever made it when the customer goes",
        "app_client/store/reads.py",
        " if str(each.customer_id) in book]",
        " if book or not book]",
    ),
)
