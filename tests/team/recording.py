"""Puts ledgers into a database with the advisor-days that the fold makes of them, and asks as somebody."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlmodel import col, select

from app_server.auth.service import Caller
from app_server.database import Database
from app_server.org.queries import as_unit, leave_of
from app_server.tables import (
    AdvisorDayRow,
    ChangeRow,
    CustomerRow,
    LedgerRow,
    PolicyRow,
    StaffRow,
    UnitRow,
    advisor_day_values,
    metadata,
)
from shared_models.activity import Activity, ActivityKind, Void, uuid7
from shared_models.calls import Call, CallChannel, CallOutcome, TimedBy
from shared_models.fold import fold_day
from shared_models.org import Role, Staff
from shared_models.policy import Policies
from shared_models.proposals import Pick, PickResponse, Proposal
from shared_models.visits import Visit, VisitPlace
from tests.factories import NOW


def record(db: Database, advisor: StaffRow, activities: Sequence[Activity]) -> None:
    """Store one advisor's whole ledger and fold every day of it. Customers, policies and leave are there already."""

    def work(session) -> None:
        policies = Policies(row.document for row in session.exec(select(PolicyRow)))
        since = {row.id: row.managed_since for row in session.exec(select(CustomerRow))}
        leave = leave_of(session, advisor.id)
        days = set()
        for number, activity in enumerate(activities, start=1):
            day = policies.business_day(activity.occurred_at, activity.clock_offset_ms)
            days.add(day)
            session.add(
                LedgerRow(
                    id=activity.id,
                    advisor_id=advisor.id,
                    branch_id=uuid4(),
                    device_id="phone-1",
                    kind=activity.kind,
                    seq=activity.seq,
                    occurred_at=activity.occurred_at,
                    clock_offset_ms=activity.clock_offset_ms,
                    business_day=day,
                    customer_id=activity.customer_id,
                    refers_to=activity.refers_to,
                    data=activity.data.model_dump(mode="json"),
                    digest=activity.content_digest(),
                    feed_seq=number,
                    received_at=NOW,
                )
            )
        owners = dict(session.exec(select(CustomerRow.id, CustomerRow.advisor_id)).all())
        called = {each.customer_id for each in activities if each.customer_id and each.customer_id in owners}
        for number, customer in enumerate(sorted(called), start=1):
            if owners[customer] != advisor.id:
                # The server takes calls to others' customers only from before they left the caller's book.
                left = {"entity": "customer", "entity_id": str(customer), "deleted": True, "at": NOW}
                session.add(ChangeRow(scope=str(advisor.id), seq=number, **left))
        for day in sorted(days):
            folded = fold_day(activities, since, policies.on(day, leave))
            session.add(
                AdvisorDayRow(
                    advisor_id=advisor.id,
                    business_day=day,
                    branch_id=uuid4(),
                    folded_at=NOW,
                    **advisor_day_values(folded),
                )
            )

    db.write(work)


def empty(db: Database) -> None:
    """Delete every row."""

    def work(session) -> None:
        for table in reversed(metadata.sorted_tables):
            session.exec(table.delete())

    db.write(work)


def caller(unit: UnitRow, *, today: date) -> Caller:
    """A head of that unit."""
    staff = Staff(id=uuid4(), login="head", name="head", role=Role.HEAD, unit=as_unit(unit))
    return Caller(staff=staff, unit_path=unit.path, device_id="d", family_id=uuid4(), today=today)


def call(
    customer: UUID | None, *, outcome: CallOutcome = CallOutcome.INTERESTED, seconds: int = 60, seq: int = 1, at=NOW
):
    """One call at that instant."""
    data = Call(channel=CallChannel.MOBILE, outcome=outcome, talk_seconds=seconds, timed_by=TimedBy.DEVICE)
    return activity(ActivityKind.CALL, data, customer=customer, seq=seq, at=at)


def visit(customer: UUID, *, seq: int = 1, at=NOW) -> Activity:
    """One visit without a fix."""
    return activity(ActivityKind.VISIT, Visit(place=VisitPlace.OUTLET), customer=customer, seq=seq, at=at)


def proposal(of: Activity, products: Sequence[UUID], *, amount=None, seq: int = 1, at=NOW) -> Activity:
    """A proposal at that visit; with `amount`, of products bought."""
    response = PickResponse.PRESENTED if amount is None else PickResponse.BOUGHT
    picks = tuple(Pick(product_id=each, response=response, amount=amount) for each in products)
    data = Proposal(visit_id=of.id, picks=picks)
    return activity(ActivityKind.PROPOSAL, data, customer=of.customer_id, seq=seq, at=at)


def void(of: Activity, *, seq: int = 1, at=NOW) -> Activity:
    """A void of that activity."""
    return activity(ActivityKind.VOID, Void(activity_id=of.id, reason="mistake"), customer=None, seq=seq, at=at)


def activity(kind: ActivityKind, data, *, customer: UUID | None, seq: int, at=NOW) -> Activity:
    """An activity of a new id."""
    return Activity(id=uuid7(at), kind=kind, seq=seq, occurred_at=at, customer_id=customer, data=data)


def members_on(db: Database, day: date) -> dict[UUID, str]:
    """The path of the unit that each member of staff belonged to on that day, read one row at a time."""
    from app_server.tables import MembershipRow

    def work(session) -> dict[UUID, str]:
        units = {unit.id: unit.path for unit in session.exec(select(UnitRow)).all()}
        rows = session.exec(select(MembershipRow).order_by(col(MembershipRow.starts_on))).all()
        return {
            row.staff_id: units[row.unit_id]
            for row in rows
            if row.starts_on <= day and (row.ends_on is None or day < row.ends_on)
        }

    return db.read(work)
