"""The ledger (台账) and the advisor-days folded from it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import BigInteger, Field

from app_server.columns import Ids, Json, Money, UtcDateTime, text_enum
from app_server.tables.row import Row
from shared_models.activity import ActivityKind
from shared_models.evidence import Grade
from shared_models.fold import FOLD_VERSION, MIXES, AdvisorDay
from shared_models.policy import Targets


class LedgerRow(Row, table=True):
    """One activity (动作) as received; append-only. `occurred_at` is the phone clock's reading in UTC.

    `refers_to` is a proposal's visit, a void's target or the review that is answered; `digest` that of the content; `feed_seq` its place in the
    advisor's feed. No foreign key on `customer_id`: a prospect's own activity comes before its customer.
    """

    __table_args__ = (
        Index("ix_ledger_advisor_id_business_day", "advisor_id", "business_day"),
        Index("ix_ledger_advisor_id_feed_seq", "advisor_id", "feed_seq", unique=True),
        # Most refer to nothing, and are no reason to write an index.
        Index(
            "ix_ledger_refers_to",
            "refers_to",
            sqlite_where=text("refers_to IS NOT NULL"),
            postgresql_where=text("refers_to IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    advisor_id: UUID = Field(foreign_key="staff.id")
    branch_id: UUID
    device_id: str
    kind: ActivityKind = Field(sa_type=text_enum(ActivityKind))
    seq: int = Field(sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    clock_offset_ms: int = Field(sa_type=BigInteger)
    business_day: date
    customer_id: UUID | None = None
    refers_to: UUID | None = None
    data: dict[str, Any] = Field(sa_type=Json)
    digest: bytes = Field(sa_type=LargeBinary)
    feed_seq: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=UtcDateTime)


class AdvisorDayRow(Row, table=True):
    """The stored fold of one advisor's business day (工作日), flat, so that SQL can add it up.

    `fold_version`: which FOLD_VERSION made it; one of an earlier is refolded before anybody is served (ledger/refold.py).
    """

    advisor_id: UUID = Field(primary_key=True, foreign_key="staff.id")
    business_day: date = Field(primary_key=True, index=True)
    branch_id: UUID
    calls: int
    calls_connected: int
    calls_effective: int
    calls_effective_managed: int
    calls_effective_prospect: int
    appointments: int
    calls_graded_a: int
    calls_graded_b: int
    calls_graded_c: int
    calls_graded_d: int
    calls_connected_graded_a: int
    calls_connected_graded_b: int
    calls_connected_graded_c: int
    calls_connected_graded_d: int
    calls_effective_graded_a: int
    calls_effective_graded_b: int
    calls_effective_graded_c: int
    calls_effective_graded_d: int
    calls_effective_managed_graded_a: int
    calls_effective_managed_graded_b: int
    calls_effective_managed_graded_c: int
    calls_effective_managed_graded_d: int
    visits: int
    visits_graded_a: int
    visits_graded_b: int
    visits_graded_c: int
    visits_graded_d: int
    visits_verified: int
    visits_with_three: int
    visits_with_three_graded_a: int
    visits_with_three_graded_b: int
    visits_with_three_graded_c: int
    visits_with_three_graded_d: int
    products_presented: int
    products_presented_graded_a: int
    products_presented_graded_b: int
    products_presented_graded_c: int
    products_presented_graded_d: int
    products_bought: int
    products_bought_graded_a: int
    products_bought_graded_b: int
    products_bought_graded_c: int
    products_bought_graded_d: int
    amount_bought: Decimal = Field(sa_type=Money)
    boards_shown: int
    targets_calls: int
    targets_visits: int
    targets_products_per_visit: int
    on_leave: bool = False
    met: bool
    declines: dict[str, int] = Field(sa_type=Json)
    called_customers: list[str] = Field(sa_type=Ids)
    folded_at: datetime = Field(sa_type=UtcDateTime)
    fold_version: int


_PLAIN = [name for name in AdvisorDay.model_fields if name not in {*MIXES, "targets", "called_customers"}]
_GRADE_COLUMNS = {name: [(grade, f"{name}_{grade.value.lower()}") for grade in Grade] for name in MIXES}


def advisor_day_values(folded: AdvisorDay) -> dict[str, Any]:
    """The columns of `AdvisorDayRow` that the fold decides, for an upsert."""
    values = {name: getattr(folded, name) for name in _PLAIN}
    for name, columns in _GRADE_COLUMNS.items():
        counts: dict[Grade, int] = getattr(folded, name)
        for grade, column in columns:
            values[column] = counts[grade]
    values |= {f"targets_{name}": value for name, value in folded.targets.model_dump().items()}
    values["fold_version"] = FOLD_VERSION
    return values | {"called_customers": [str(customer) for customer in folded.called_customers]}


def advisor_day_of(row: AdvisorDayRow) -> AdvisorDay:
    """The fold that a row stores."""
    graded = {
        name: {grade: getattr(row, column) for grade, column in columns} for name, columns in _GRADE_COLUMNS.items()
    }
    targets = Targets.model_validate({name: getattr(row, f"targets_{name}") for name in Targets.model_fields})
    plain = {name: getattr(row, name) for name in AdvisorDay.model_fields if name not in {*graded, "targets"}}
    return AdvisorDay.model_validate({**plain, **graded, "targets": targets})
