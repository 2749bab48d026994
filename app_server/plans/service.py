"""The rules of plans: who may set whose list, for which customers; the advisor's phone learns of it by its feed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlmodel import Session

from app_server.audit.service import note
from app_server.auth.service import Caller
from app_server.org.queries import advisor_in_scope, leave_of, paths_of, policies
from app_server.plans import queries
from app_server.sync.feed import Announced, announce
from app_server.sync.handed import handed_to
from app_server.sync.lent import lent_to, loans_of
from app_server.tables import PlanRow, as_model
from shared_models.customers import Customer
from shared_models.errors import BadInput, PlanChanged, PlanFrozen
from shared_models.morning import Listed, PlanProposal, ProposedTarget, list_of
from shared_models.org import StaffName
from shared_models.plans import Handed, Plan, PlanEdit, PlanThaw, contacts_of, last_contact_with, open_promises
from shared_models.policy import Policies
from shared_models.sync import Entity

FURTHEST_AHEAD = timedelta(days=366)
FURTHEST_BACK = timedelta(days=3660)
# Whom a head may take in beside the list; a book has hundreds.
MOST_FURTHER = 100
MOST_COLLEAGUES = 50
MOST_LISTED = 500


def plan(session: Session, who: Caller, *, advisor_id: UUID, day: date) -> Plan:
    """The list of an advisor of the caller's subtree on that day; an empty one when none was set."""
    _check_day(day, who)
    advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    row = queries.plan_of(session, advisor_id=advisor_id, day=day)
    return as_model(Plan, row) if row else Plan(id=_plan_id(advisor_id, day), advisor_id=advisor_id, day=day)


def proposal(session: Session, who: Caller, *, advisor_id: UUID, day: date) -> PlanProposal:
    """The list of an advisor and day as their phone has it, with names and reasons; NotFound outside the caller's subtree on that day."""
    _check_day(day, who)
    # The book is today's: whoever has gone elsewhere with it is no longer read by a day they were here.
    advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=who.today)
    advisor = advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    row = queries.plan_of(session, advisor_id=advisor_id, day=day)
    plan = as_model(Plan, row) if row else Plan(id=_plan_id(advisor_id, day), advisor_id=advisor_id, day=day)
    rules = policies(session)
    rule = rules.on(day, leave_of(session, advisor_id))
    since = day - timedelta(days=rule.policy.feed_days)
    lent = lent_to(session, advisor_id, day)
    customers = queries.customers_of(session, advisor_id, lent=lent)
    loans = loans_of(session, (each.id for each in customers), day)
    away = {each.customer_id for each in loans if each.owner.id == advisor_id}
    ids = {each.id for each in customers} - away
    handed = handed_to(session, advisor_id, ids, since=since)
    ledger = queries.ledger_between(session, advisor_id, first=since, until=day)
    promises = [
        each
        for each in open_promises(ledger, handed)
        if each.customer_id in ids and rules.business_day(each.made_at, 0) < day
    ]
    found = list_of(
        day,
        [_as_told(each, handed.get(each.id), rules) for each in customers if each.id not in away],
        promises=promises,
        contacts=contacts_of(ledger, rules),
        plan=plan,
        wanted=rule.targets.calls,
        lent=lent,
    )
    names = {each.id: each.name for each in customers}
    staff = queries.names_of(session, {each for each in (row.set_by, row.frozen_by) if each}) if row else {}
    return PlanProposal(
        advisor=StaffName(id=advisor.id, name=advisor.name),
        plan=plan,
        set_by=staff.get(row.set_by) if row else None,
        frozen_by=staff.get(row.frozen_by) if row and row.frozen_by else None,
        listed=[_target(each, names) for each in found.listed],
        further=[_target(each, names) for each in found.further[:MOST_FURTHER]],
        loans=loans,
        colleagues=queries.colleagues_of(session, advisor_id, scope_path=who.unit_path, day=day, most=MOST_COLLEAGUES),
    )


def set_plan(session: Session, who: Caller, *, advisor_id: UUID, day: date, edit: PlanEdit, now: datetime) -> Plan:
    """Set the list in the order given, a customer once; nothing changes when it is the same already.

    Raises NotFound for an advisor outside the caller's subtree on that day, BadInput for customers of others who are not lent, PlanFrozen
    for a list that is frozen, PlanChanged for one that is no longer at the version the change was made from.
    """
    _check_day(day, who)
    advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    wanted = list(dict.fromkeys(edit.customer_ids))
    before = queries.plan_of(session, advisor_id=advisor_id, day=day)
    if before is not None and _is_as_wanted(before, wanted, edit):
        return as_model(Plan, before)
    version = before.version if before else 0
    if before is not None and before.frozen_at is not None:
        raise PlanFrozen("This list is frozen; unfreeze it to change it.")
    if edit.version is not None and edit.version != version:
        raise PlanChanged("Somebody else changed this list meanwhile; look at it again.")
    lent = lent_to(session, advisor_id, day)
    strangers = len(set(wanted) - lent - queries.in_book(session, advisor_id=advisor_id, customer_ids=wanted))
    if strangers:
        raise BadInput(f"{strangers} of the {len(wanted)} customers are not in this advisor's book.")
    after = Plan(
        id=before.id if before else _plan_id(advisor_id, day),
        advisor_id=advisor_id,
        day=day,
        customer_ids=wanted,
        note=edit.note,
        version=version + 1,
        frozen_at=now if edit.freeze else None,
    )
    return _store(session, who, after, frozen_by=who.id if edit.freeze else None, now=now)


def thaw_plan(session: Session, who: Caller, *, advisor_id: UUID, day: date, thaw: PlanThaw, now: datetime) -> Plan:
    """Unfreeze a list, which the log keeps with its word; one that is not frozen stays as it is. Raises as `set_plan`."""
    _check_day(day, who)
    advisor_in_scope(session, advisor_id=advisor_id, scope_path=who.unit_path, day=day)
    before = queries.plan_of(session, advisor_id=advisor_id, day=day)
    if before is None or before.frozen_at is None:
        return plan(session, who, advisor_id=advisor_id, day=day)
    if before.version != thaw.version:
        raise PlanChanged("Somebody else changed this list meanwhile; look at it again.")
    after = as_model(Plan, before).model_copy(update={"version": before.version + 1, "frozen_at": None})
    told = {"day": day, "word": thaw.word}
    note(
        session,
        actor=who.id,
        action="plan.unfrozen",
        subject_kind="staff",
        subject_id=advisor_id,
        unit_path=paths_of(session, [advisor_id], day=day)[advisor_id],
        before={"frozen_at": before.frozen_at},
        after=told,
        now=now,
    )
    return _store(session, who, after, frozen_by=None, now=now)


def relist(
    session: Session,
    who: Caller,
    *,
    advisor_id: UUID,
    day: date,
    taken: Collection[UUID] = (),
    dropped: Collection[UUID] = (),
    frozen_code: str = PlanFrozen.code,
    now: datetime,
) -> Announced:
    """Take customers into a list that is set, behind who is on it, or out of it; of one that is not set the version goes up alone.

    Whoever has the list open learns of it by the version. The change is the caller's to announce, with its own. Raises
    PlanFrozen with that code, PlanChanged when somebody else changes it at the same time.
    """
    row = queries.plan_of(session, advisor_id=advisor_id, day=day)
    before = as_model(Plan, row) if row else Plan(id=_plan_id(advisor_id, day), advisor_id=advisor_id, day=day)
    if before.frozen_at is not None:
        raise PlanFrozen("This list is frozen; unfreeze it to change it.", code=frozen_code)
    listed = [each for each in before.customer_ids if each not in dropped]
    if before.customer_ids:
        listed = list(dict.fromkeys([*listed, *taken]))[:MOST_LISTED]
    after = before.model_copy(update={"customer_ids": listed, "version": before.version + 1})
    if not queries.store_plan(session, after, after=before.version, set_by=who.id, frozen_by=None, now=now):
        raise PlanChanged("Somebody else changed this list meanwhile; look at it again.")
    return Announced(str(advisor_id), Entity.PLAN, str(after.id))


def _is_as_wanted(before: PlanRow, wanted: list[UUID], edit: PlanEdit) -> bool:
    # What is asked for again after a lost answer is answered alike, frozen or not.
    frozen = before.frozen_at is not None
    return (before.customer_ids, before.note) == (wanted, edit.note) and (frozen or not edit.freeze)


def _store(session: Session, who: Caller, plan: Plan, *, frozen_by: UUID | None, now: datetime) -> Plan:
    if not queries.store_plan(session, plan, after=plan.version - 1, set_by=who.id, frozen_by=frozen_by, now=now):
        raise PlanChanged("Somebody else changed this list meanwhile; look at it again.")
    announce(session, [Announced(str(plan.advisor_id), Entity.PLAN, str(plan.id))], now=now)
    return plan


def _as_told(customer: Customer, handed: Handed | None, rules: Policies) -> Customer:
    """The customer as the advisor's phone has them: who was spoken to by somebody else was spoken to."""
    return customer.model_copy(update={"last_contact_on": last_contact_with(customer.last_contact_on, handed, rules)})


def _target(listed: Listed, names: Mapping[UUID, str]) -> ProposedTarget:
    return ProposedTarget(customer_id=listed.customer_id, name=names[listed.customer_id], reasons=listed.reasons)


def _plan_id(advisor_id: UUID, day: date) -> UUID:
    # The same for whoever sets it first: two heads at once make one list, not two ids.
    return uuid5(advisor_id, day.isoformat())


def _check_day(day: date, who: Caller) -> None:
    if not who.today - FURTHEST_BACK <= day <= who.today + FURTHEST_AHEAD:
        raise BadInput("A list is set for a day within a year from now.")
