"""All tables. Rows extend the shared models where one fits; a row does not validate, so build it from a valid model."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import CheckConstraint, Index, LargeBinary, MetaData, String, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import declared_attr
from sqlmodel import BigInteger, Field, SQLModel

from app_server.columns import Ids, Json, JsonOf, Money, UtcDateTime, text_enum
from app_server.numbers import e164
from shared_models.activity import ActivityKind
from shared_models.customers import Customer, Maturity, Rating, Tier
from shared_models.evidence import Grade
from shared_models.fold import AdvisorDay
from shared_models.org import Role, UnitKind
from shared_models.plans import Plan
from shared_models.policy import Policy, Targets
from shared_models.products import Need, Product, ProductCategory, Risk
from shared_models.telephony import PbxEventKind, PbxLine

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BANK_SCOPE = "bank"
LINES_SCOPE = "lines"
Facts = dict[str, str | int | float | None]


class Row(SQLModel):
    """What all tables share: a name, that of the class in snake case without the Row."""

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - SQLModel's own is lower case only
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__.removesuffix("Row")).lower()


class UnitRow(Row, table=True):
    """A unit (机构). `path` is the ids from the root down, "/…/…/": a subtree is one range of it."""

    __table_args__ = (Index("ix_unit_path", "path", unique=True, postgresql_ops={"path": "text_pattern_ops"}),)

    id: UUID = Field(primary_key=True)
    parent_id: UUID | None = Field(default=None, foreign_key="unit.id", index=True)
    name: str
    kind: UnitKind = Field(sa_type=text_enum(UnitKind))
    path: str
    lat: float | None = None
    lon: float | None = None


class StaffRow(Row, table=True):
    """A member of staff; their role is that of their membership. Raising `token_version` ends all their access tokens.

    `must_change_password`: somebody else knows it, so it opens nothing but its own change. `is_demo`: everybody does.
    """

    id: UUID = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    password_hash: str = Field(repr=False)
    must_change_password: bool = False
    token_version: int = 1
    active: bool = True
    is_demo: bool = False


class MembershipRow(Row, table=True):
    """Where somebody belongs and as what, from `starts_on` up to, not including, `ends_on`; None: still. Never two at a time."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        Index("ix_membership_staff_id_starts_on", "staff_id", "starts_on", unique=True),
        # One open membership a person, by the database itself.
        Index(
            "ix_membership_open",
            "staff_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    role: Role = Field(sa_type=text_enum(Role))
    starts_on: date
    ends_on: date | None = None


class DeviceRow(Row, table=True):
    """One person's phone. `family_id` is the sign-in that is alive on it; None after signing out or a stolen token."""

    staff_id: UUID = Field(primary_key=True, foreign_key="staff.id")
    device_id: str = Field(primary_key=True)
    name: str = ""
    family_id: UUID | None = None
    last_sync_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting: int | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class RefreshTokenRow(Row, table=True):
    """A refresh token by its SHA-256. `parent_id` is the token it was exchanged for; a repeat makes a sibling."""

    __table_args__ = (Index("ix_refresh_token_staff_id_device_id", "staff_id", "device_id"),)

    id: UUID = Field(primary_key=True)
    family_id: UUID = Field(index=True)
    parent_id: UUID | None = Field(default=None, index=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    device_id: str
    digest: bytes = Field(sa_type=LargeBinary, unique=True, repr=False)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    family_expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInFailureRow(Row, table=True):
    """Failed sign-ins of one login ("login:…") or from one address ("address:…")."""

    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PolicyRow(Row, table=True):
    """One version of the policy (要求); the document holds the date too, the column makes it unique."""

    id: UUID = Field(primary_key=True)
    effective_from: date = Field(unique=True)
    document: Policy = Field(sa_type=JsonOf(Policy))


def _number_of_phone(context: DefaultExecutionContext) -> str | None:
    return e164(context.get_current_parameters()["phone"])


class CustomerRow(Customer, Row, table=True):
    """A customer in the book of one advisor. `number` is `phone` as it is compared with the exchange's, if it can be."""

    __table_args__ = (Index("ix_customer_number", "number"),)

    id: UUID = Field(primary_key=True)
    advisor_id: UUID = Field(foreign_key="staff.id", index=True)
    tier: Tier | None = Field(default=None, sa_type=text_enum(Tier))
    rating: Rating | None = Field(default=None, sa_type=text_enum(Rating))
    aum: Decimal | None = Field(default=None, sa_type=Money)
    idle_cash: Decimal | None = Field(default=None, sa_type=Money)
    maturities: list[Maturity] = Field(default_factory=list[Maturity], sa_type=JsonOf(list[Maturity]))
    facts: Facts = Field(default_factory=Facts, sa_type=JsonOf(Facts))
    number: str | None = Field(default=None, repr=False, sa_column_kwargs={"default": _number_of_phone})


class CustomerCardRow(Row, table=True):
    """A customer's bank card by its HMAC-SHA-256 under the key named by `key_id`; the number is nowhere."""

    digest: bytes = Field(sa_type=LargeBinary, primary_key=True, repr=False)
    key_id: str
    customer_id: UUID = Field(foreign_key="customer.id", index=True)


class ProductRow(Product, Row, table=True):
    """A product on the shelf."""

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    category: ProductCategory = Field(sa_type=text_enum(ProductCategory))
    need: Need = Field(sa_type=text_enum(Need))
    risk: Risk = Field(sa_type=text_enum(Risk))
    min_amount: Decimal = Field(default=Decimal(0), sa_type=Money)


class PlanRow(Plan, Row, table=True):
    """The list (名单) of one advisor and day, and who set it."""

    __table_args__ = (UniqueConstraint("advisor_id", "day"),)

    id: UUID = Field(primary_key=True)
    advisor_id: UUID = Field(foreign_key="staff.id")
    customer_ids: list[UUID] = Field(default_factory=list[UUID], sa_type=JsonOf(list[UUID]))
    set_by: UUID = Field(foreign_key="staff.id", index=True)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class LedgerRow(Row, table=True):
    """One activity (动作) as received; append-only. `occurred_at` is the phone clock's reading in UTC.

    `refers_to` is a proposal's visit or a void's target; `digest` that of the content; `feed_seq` its place in the
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


class RecordState(StrEnum):
    """What became of an exchange's event: kept beside its call · in the ledger · waiting for whose it is · too late to count."""

    KEPT = "kept"
    ENTERED = "entered"
    WAITING = "waiting"
    LATE = "late"


class LineRow(Row, table=True):
    """Whose a number of the bank's is, from `starts_on` up to, not including, `ends_on`; None: still. `provider` "": any."""

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="period"),
        Index("ix_line_number_provider_starts_on", "number", "provider", "starts_on", unique=True),
    )

    id: UUID = Field(primary_key=True)
    provider: str = ""
    number: str
    line: PbxLine = Field(sa_type=text_enum(PbxLine))
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    starts_on: date
    ends_on: date | None = None


class TelephonyRecordRow(Row, table=True):
    """One event of an exchange as received, once; of an `ended` also whose call it was and what became of it.

    `advisor_id` and `line` are what the lines said on the day; `reason` is why it waits, or counts nowhere.
    """

    __table_args__ = (
        Index("ix_telephony_record_provider_record_id", "provider", "record_id"),
        # Only what waits is looked for, and little does.
        Index(
            "ix_telephony_record_waiting_advisor",
            "advisor_id",
            "customer_number",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_telephony_record_waiting_line",
            "line_number",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    provider: str
    record_id: str
    event: PbxEventKind = Field(sa_type=text_enum(PbxEventKind))
    at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    digest: bytes = Field(sa_type=LargeBinary)
    document: dict[str, Any] = Field(sa_type=Json, repr=False)
    state: RecordState = Field(sa_type=text_enum(RecordState))
    reason: str | None = None
    line_number: str | None = Field(default=None, repr=False)
    customer_number: str | None = Field(default=None, repr=False)
    advisor_id: UUID | None = Field(default=None, foreign_key="staff.id")
    line: PbxLine | None = Field(default=None, sa_type=text_enum(PbxLine))


class AdvisorDayRow(Row, table=True):
    """The stored fold of one advisor's business day (工作日), flat, so that SQL can add it up."""

    advisor_id: UUID = Field(primary_key=True, foreign_key="staff.id")
    business_day: date = Field(primary_key=True, index=True)
    branch_id: UUID
    calls: int
    calls_connected: int
    calls_effective: int
    calls_effective_managed: int
    calls_effective_prospect: int
    calls_graded_a: int
    calls_graded_b: int
    calls_graded_c: int
    calls_graded_d: int
    visits: int
    visits_graded_a: int
    visits_graded_b: int
    visits_graded_c: int
    visits_graded_d: int
    visits_verified: int
    visits_with_three: int
    products_presented: int
    products_bought: int
    amount_bought: Decimal = Field(sa_type=Money)
    boards_shown: int
    targets_calls: int
    targets_visits: int
    targets_products_per_visit: int
    met: bool
    declines: dict[str, int] = Field(sa_type=Json)
    called_customers: list[str] = Field(sa_type=Ids)
    folded_at: datetime = Field(sa_type=UtcDateTime)


class FeedRow(Row, table=True):
    """The counter of one feed: an advisor's id, or BANK_SCOPE for what all see. Its row lock orders the commits.

    LINES_SCOPE has no feed, only the lock.
    """

    scope: str = Field(primary_key=True)
    head: int = Field(default=0, sa_type=BigInteger)


class ChangeRow(Row, table=True):
    """That an entity changed, at place `seq` of a feed; what it is now is read from its own table."""

    __table_args__ = (
        Index("ix_change_scope_entity_entity_id", "scope", "entity", "entity_id"),
        # Who lost what lately, of whatever feed.
        Index("ix_change_deleted_at", "at", sqlite_where=text("deleted"), postgresql_where=text("deleted")),
    )

    scope: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    entity: str = Field(sa_type=String(32))
    entity_id: str
    deleted: bool = False
    at: datetime = Field(sa_type=UtcDateTime)


Model = TypeVar("Model", bound=BaseModel)


def as_model(model: type[Model], row: Model) -> Model:
    """The shared model that a row extends, validated, without the row's own columns: `as_model(Customer, row)`."""
    return model.model_validate({name: getattr(row, name) for name in model.model_fields})


_GRADED = ("calls_graded", "visits_graded")
_PLAIN = [name for name in AdvisorDay.model_fields if name not in {*_GRADED, "targets", "called_customers"}]


def advisor_day_values(folded: AdvisorDay) -> dict[str, Any]:
    """The columns of `AdvisorDayRow` that the fold decides, for an upsert."""
    values = {name: getattr(folded, name) for name in _PLAIN}
    for name in _GRADED:
        counts: dict[Grade, int] = getattr(folded, name)
        values |= {f"{name}_{grade.value.lower()}": counts[grade] for grade in Grade}
    values |= {f"targets_{name}": value for name, value in folded.targets.model_dump().items()}
    return values | {"called_customers": [str(customer) for customer in folded.called_customers]}


def advisor_day_of(row: AdvisorDayRow) -> AdvisorDay:
    """The fold that a row stores."""
    graded = {name: {g: getattr(row, f"{name}_{g.value.lower()}") for g in Grade} for name in _GRADED}
    targets = Targets.model_validate({name: getattr(row, f"targets_{name}") for name in Targets.model_fields})
    plain = {name: getattr(row, name) for name in AdvisorDay.model_fields if name not in {*graded, "targets"}}
    return AdvisorDay.model_validate({**plain, **graded, "targets": targets})
