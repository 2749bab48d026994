"""What all imports share: parsed rows, the plan of what a file would change, and its writing. Each entity has its own module."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID, uuid5

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from app_server.audit.service import Change, note_all
from app_server.database import batches, dialect_insert
from app_server.imports.readers import BadRow
from app_server.sync.feed import Announced, announce
from app_server.tables import metadata
from shared_models.leave import LeaveDays
from shared_models.org import Role

T = TypeVar("T")

MONEY_LIMIT = Decimal(10) ** 13
MOST_DEGREES = {"lat": 90.0, "lon": 180.0}
NAMESPACE = UUID("5e6a7f0c-2053-5053-8053-205320532053")


class RowRefused(Exception):
    """Why one row cannot be imported, and the field it is about."""

    def __init__(self, reason: str, field_name: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field_name = field_name


@dataclass(frozen=True, slots=True)
class Move:
    """That a member of staff belongs to a unit, in a role, from that day on."""

    staff_id: UUID
    unit_id: UUID
    role: Role
    on_day: date


@dataclass(frozen=True, slots=True)
class LeaveStep:
    """That an advisor's leave has these days; None: that it is taken back."""

    leave_id: UUID
    advisor_id: UUID
    days: LeaveDays | None


@dataclass(slots=True)
class Plan:
    """What a file would change: rows to write by table in order, what feeds and the audit log are told, and the rows refused.

    `moves` are of staff to units, `leaving` staff whose account is closed, `overridden` days that are worked, free or as published,
    `leave` what becomes of advisors' leave, `closing` units that shall be closed.
    """

    bad: list[BadRow] = field(default_factory=list[BadRow])
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    writes: list[tuple[type[SQLModel], dict[str, Any]]] = field(
        default_factory=list[tuple[type[SQLModel], dict[str, Any]]]
    )
    changes: list[Announced] = field(default_factory=list[Announced])
    moves: list[Move] = field(default_factory=list[Move])
    leaving: list[UUID] = field(default_factory=list[UUID])
    overridden: dict[date, bool | None] = field(default_factory=dict[date, bool | None])
    leave: list[LeaveStep] = field(default_factory=list[LeaveStep])
    closing: list[UUID] = field(default_factory=list[UUID])
    audited: list[Change] = field(default_factory=list[Change])

    def note(self, table: type[SQLModel], before: Mapping[str, Any] | None, values: dict[str, Any]) -> bool:
        """Take in one row as it shall be; says whether that differs from what stands (`before`, None: nothing yet)."""
        if before is not None and all(before[name] == value for name, value in values.items()):
            self.unchanged += 1
            return False
        if before is None:
            self.new += 1
        else:
            self.changed += 1
        self.writes.append((table, values))
        return True


def write_plan(session: Session, plan: Plan, *, actor: UUID | None, now: datetime) -> None:
    """Write everything planned; `actor` ordered it (None: the command line). Feeds come first: a sync takes its feed first, too."""
    announce(session, plan.changes, now=now)
    by_table: dict[type[SQLModel], list[dict[str, Any]]] = {}
    for table, values in plan.writes:
        by_table.setdefault(table, []).append(values)
    for table, rows in by_table.items():
        upsert(session, table, rows)
    note_all(session, plan.audited, actor=actor, now=now)


def upsert(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, or where their id is there already set these columns anew; all rows have the same columns."""
    statement = dialect_insert(session, table)
    others = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    session.connection().execute(statement.on_conflict_do_update(index_elements=["id"], set_=others), list(rows))


def rows_by(session: Session, table: type[SQLModel], column: str, values: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """Rows as mappings by the value of a unique column, for those of the values that are there."""
    core = metadata.tables[str(table.__tablename__)]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - SQLModel's own
    found: dict[Any, dict[str, Any]] = {}
    for batch in batches(list(values)):
        for row in session.connection().execute(select(core).where(core.c[column].in_(batch))).mappings():
            found[row[column]] = dict(row)
    return found


def stable_id(entity: str, key: str, namespace: UUID | None = None) -> UUID:
    """The same id for the same key every time (RFC 9562 §5.5)."""
    return uuid5(namespace or uuid5(NAMESPACE, entity), key)


def amount(text: Any, field_name: str) -> Decimal:  # noqa: ANN401 - text or a TOML figure
    """Money: "1,234.50" and "1234.5" alike; raises RowRefused."""
    try:
        value = Decimal(str(text).replace(",", "").replace("￥", "").replace("¥", ""))
    except InvalidOperation:
        raise RowRefused(f"{text!r} is no amount", field_name) from None
    if not value.is_finite() or abs(value) >= MONEY_LIMIT or value != round(value, 2):
        raise RowRefused(f"{text!r} is no amount with at most two decimals", field_name)
    return round(value, 2)


def degrees(text: Any, field_name: str) -> float:  # noqa: ANN401 - text or a TOML figure
    """A latitude or longitude, by the field's name; raises RowRefused."""
    try:
        value = float(text)
    except ValueError:
        raise RowRefused(f"{text!r} is no figure", field_name) from None
    if not abs(value) <= MOST_DEGREES[field_name]:
        raise RowRefused(f"{text!r} is beyond {MOST_DEGREES[field_name]:.0f} degrees", field_name)
    return value


def refusal_of(error: ValidationError) -> RowRefused:
    """The first thing a shared model found wrong, as a reason for a person."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else None
    if first["type"] == "missing":
        return RowRefused("is missing", name)
    return RowRefused(f"{_shown(first['input'])}: {first['msg']}", name)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
