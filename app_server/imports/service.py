"""An import from file to database: read, check every row, and in one transaction write all of it or nothing."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from app_server.auth.passwords import hash_password, temporary_password
from app_server.auth.queries import revoke_all_families
from app_server.database import Database
from app_server.imports import calendar, customers, leave, lines, products, staff, units
from app_server.imports.entities import Plan, RowRefused, write_plan
from app_server.imports.mapping import ColumnMapping, check_columns, default_mapping, map_row
from app_server.imports.readers import BadRow, SourceTable
from app_server.org.queries import admins_to_stay, lock_head_office, policies
from app_server.org.service import check_closed, dismiss_staff, transfer_staff
from app_server.policies.service import override_days
from app_server.sync.older_days import refold_older
from app_server.sync.records import advisors_waiting
from app_server.sync.service import enter_waiting, write_batches
from app_server.tables import CustomerRow, LineRow
from app_server.telephony.service import enter_of_lines, lock_lines
from shared_models.errors import Conflict

Progress = Callable[[str, int, int], None]
"""What is being done, how many rows are done, of how many."""


class ImportKind(StrEnum):
    """What a file holds."""

    CUSTOMERS = "customers"
    STAFF = "staff"
    PRODUCTS = "products"
    UNITS = "units"
    LINES = "lines"
    LEAVE = "leave"
    CALENDAR = "calendar"


class Parsed(Protocol):
    """A valid row of any entity: where it stands, and what makes it the same row the next time."""

    @property
    def line(self) -> int: ...

    @property
    def key(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person asked for besides the file."""

    mapping: ColumnMapping | None = None
    dry_run: bool = False
    skip_bad: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of an import; `imported` False: the database is as it was."""

    rows: int
    bad: list[BadRow]
    imported: bool
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unused_columns: list[str] = field(default_factory=list[str])
    passwords: dict[str, str] = field(default_factory=dict[str, str])
    refolded: int = 0


@dataclass(frozen=True, slots=True)
class _Entity:
    fields: Mapping[str, Sequence[str]]
    parse: Callable[..., Parsed]
    plan: Callable[..., Plan]


_ENTITIES: dict[ImportKind, _Entity] = {
    ImportKind.CUSTOMERS: _Entity(customers.FIELDS, customers.parse, customers.plan),
    ImportKind.STAFF: _Entity(staff.FIELDS, staff.parse, staff.plan),
    ImportKind.PRODUCTS: _Entity(products.FIELDS, products.parse, products.plan),
    ImportKind.UNITS: _Entity(units.FIELDS, units.parse, units.plan),
    ImportKind.LINES: _Entity(lines.FIELDS, lines.parse, lines.plan),
    ImportKind.LEAVE: _Entity(leave.FIELDS, leave.parse, leave.plan),
    ImportKind.CALENDAR: _Entity(calendar.FIELDS, calendar.parse, calendar.plan),
}


def import_table(
    db: Database,
    kind: ImportKind,
    table: SourceTable,
    choices: Choices,
    *,
    now: datetime,
    progress: Progress,
) -> Outcome:
    """Import the file's rows; raises BadInput when its columns do not fit.

    With any bad row nothing is written, unless `skip_bad`. The same file a second time changes nothing.
    """
    entity = _ENTITIES[kind]
    mapping = choices.mapping or default_mapping(table.columns, entity.fields)
    unused = check_columns(mapping, table.columns, list(entity.fields))
    parsed, bad = _parse_rows(entity, mapping, table, progress)
    passwords = staff.NewPasswords()
    plan_rows: Callable[..., Plan] = entity.plan
    if kind is ImportKind.STAFF:
        passwords = _make_passwords(db, parsed, progress)
        plan_rows = partial(entity.plan, passwords=passwords)
    outcome = Outcome(rows=len(table.rows) + len(table.bad), bad=bad, imported=False, unused_columns=unused)
    progress("write", 0, len(parsed))

    def work(session: Session) -> Plan:
        if kind is ImportKind.LINES and not choices.dry_run:
            lock_lines(session)
        today = policies(session).today(now)
        plan = plan_rows(session, parsed, today=today)
        if _may_write(choices, [*bad, *plan.bad]):
            carry_out(session, plan, actor=None, now=now)
        return plan

    plan = db.read(work) if choices.dry_run else write_batches(db, work)
    progress("write", len(parsed), len(parsed))
    outcome.bad = sorted(
        [*bad, *(_by_column(mapping, row) for row in plan.bad)], key=lambda row: (row.line, row.column or "")
    )
    outcome.imported = _may_write(choices, outcome.bad)
    outcome.new, outcome.changed, outcome.unchanged = plan.new, plan.changed, plan.unchanged
    outcome.passwords = passwords.plain if outcome.imported else {}
    if outcome.imported and plan.overridden:
        outcome.refolded = refold_older(db, now=now, progress=partial(progress, "advisor-days"))
    return outcome


def carry_out(session: Session, plan: Plan, *, actor: UUID | None, now: datetime) -> None:
    """Write what is planned, by a file or on a screen, with all that follows from it; `actor` None: the command line.

    Raises Conflict when no admin would be left, and for a unit to close that somebody or something still belongs to.
    """
    if plan.overridden:
        override_days(session, plan.overridden, actor=actor, now=now)
    touches_staff = bool(plan.moves or plan.leaving)
    if touches_staff:
        lock_head_office(session)
    had_admin = touches_staff and bool(admins_to_stay(session))
    write_plan(session, plan, actor=actor, now=now)
    for move in plan.moves:
        transfer_staff(
            session, move.staff_id, unit_id=move.unit_id, role=move.role, on_day=move.on_day, actor=actor, now=now
        )
    last_day = policies(session).today(now) if plan.leaving else date.max
    for staff_id in plan.leaving:
        revoke_all_families(session, staff_id, now)
        dismiss_staff(session, staff_id, last_day=last_day, actor=actor, now=now)
    if had_admin and not admins_to_stay(session):
        raise Conflict("Head office must keep an administrator who can sign in.", code="last_admin")
    if plan.leave:
        leave.carry_out_leave(session, plan.leave, now=now, today=policies(session).today(now))
    check_closed(session, plan.closing)
    _enter_records(session, plan, now)


def _may_write(choices: Choices, bad: Sequence[BadRow]) -> bool:
    return not choices.dry_run and (choices.skip_bad or not bad)


def _enter_records(session: Session, plan: Plan, now: datetime) -> None:
    """Into the ledger with what the exchange told of these customers, and on these lines, before they were known."""
    phones: dict[UUID, list[str]] = defaultdict(list)
    for table, values in plan.writes:
        if table is CustomerRow:
            phones[values["advisor_id"]].append(values["phone"])
    if phones:
        for advisor_id in sorted(phones.keys() & advisors_waiting(session)):
            enter_waiting(session, advisor_id, phones=phones[advisor_id], now=now)
    if numbers := {values["number"] for table, values in plan.writes if table is LineRow}:
        enter_of_lines(session, numbers, now=now)


def _parse_rows(
    entity: _Entity, mapping: ColumnMapping, table: SourceTable, progress: Progress
) -> tuple[list[Any], list[BadRow]]:
    parsed: list[Parsed] = []
    bad = list(table.bad)
    first_line: dict[object, int] = {}
    for number, source in enumerate(table.rows):
        if number % 500 == 0:
            progress("check", number, len(table.rows))
        try:
            row = entity.parse(mapping, map_row(mapping, source, number))
        except RowRefused as refused:
            bad.append(_by_column(mapping, BadRow(source.line, refused.reason, refused.field_name)))
            continue
        except ValueError as error:
            bad.append(BadRow(source.line, str(error)))
            continue
        earlier = first_line.setdefault(row.key, row.line)
        if earlier != row.line:
            bad.append(BadRow(row.line, f"has the same key as line {earlier}"))
            continue
        parsed.append(row)
    progress("check", len(table.rows), len(table.rows))
    return parsed, bad


def _by_column(mapping: ColumnMapping, row: BadRow) -> BadRow:
    """The reason at the file's own column, where the field comes from one."""
    for column, fields in mapping.columns.items():
        if row.column in ([fields] if isinstance(fields, str) else fields):
            return BadRow(row.line, row.reason, column)
    return row


def _make_passwords(db: Database, parsed: Sequence[Any], progress: Progress) -> staff.NewPasswords:
    logins = db.read(lambda session: staff.new_logins(session, parsed))
    made = staff.NewPasswords()
    for number, login in enumerate(logins):
        progress("passwords", number, len(logins))
        made.plain[login] = temporary_password()
        made.hashed[login] = hash_password(made.plain[login])
    return made
