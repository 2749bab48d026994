"""The rules of plans: who may set whose list, for which customers; the advisor's phone learns of it by its feed."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.org.queries import advisor_in_scope
from app_server.plans import queries
from app_server.sync.feed import Announced, announce
from app_server.tables import as_model
from shared_models.errors import BadInput
from shared_models.plans import Plan, PlanEdit
from shared_models.sync import Entity

FURTHEST_AHEAD = timedelta(days=366)
FURTHEST_BACK = timedelta(days=3660)


def plan(session: Session, who: Caller, *, advisor_id: UUID, day: date) -> Plan:
    """The list of an advisor of the caller's subtree on that day; an empty one when none was set."""
    _check_day(day, who)
    advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    row = queries.plan_of(session, advisor_id=advisor_id, day=day)
    return as_model(Plan, row) if row else Plan(id=_plan_id(advisor_id, day), advisor_id=advisor_id, day=day)


def set_plan(session: Session, who: Caller, *, advisor_id: UUID, day: date, edit: PlanEdit, now: datetime) -> Plan:
    """Set the list in the order given, a customer once; nothing changes when it is the same already.

    Raises NotFound for an advisor outside the caller's subtree on that day, BadInput for customers of others.
    """
    _check_day(day, who)
    advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    wanted = list(dict.fromkeys(edit.customer_ids))
    strangers = len(wanted) - len(queries.in_book(session, advisor_id=advisor_id, customer_ids=wanted))
    if strangers:
        raise BadInput(f"{strangers} of the {len(wanted)} customers are not in this advisor's book.")
    before = queries.plan_of(session, advisor_id=advisor_id, day=day)
    plan_id = before.id if before else _plan_id(advisor_id, day)
    after = Plan(id=plan_id, advisor_id=advisor_id, day=day, customer_ids=wanted, note=edit.note)
    if before is None or as_model(Plan, before) != after:
        queries.store_plan(session, after, set_by=who.id, now=now)
        announce(session, [Announced(str(advisor_id), Entity.PLAN, str(plan_id))], now=now)
    return after


def _plan_id(advisor_id: UUID, day: date) -> UUID:
    # The same for whoever sets it first: two heads at once make one list, not two ids.
    return uuid5(advisor_id, day.isoformat())


def _check_day(day: date, who: Caller) -> None:
    if not who.today - FURTHEST_BACK <= day <= who.today + FURTHEST_AHEAD:
        raise BadInput("A list is set for a day within a year from now.")
