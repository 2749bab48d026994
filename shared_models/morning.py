"""The morning's lists (晨会): the list of a day as advisor and head both see it, and how the changes of two heads become one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from shared_models.customers import Customer
from shared_models.lending import Loan
from shared_models.notices import UnitNotice
from shared_models.org import StaffName, Unit
from shared_models.plans import (
    Contact,
    Plan,
    Promise,
    Reason,
    ReasonCode,
    Target,
    rank_targets,
    reasons_for,
)

# A list on a day without targets, and the least length of a list on any other.
DEFAULT_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer of the list with the reasons, strongest first; `is_picked` by the head."""

    customer_id: UUID
    reasons: tuple[Reason, ...]
    is_picked: bool = False


@dataclass(frozen=True, slots=True)
class MorningList:
    """The list of `day`: `listed` is the plan or the best of the ranking, `further` whom to call once it is used up.

    `note` and `is_set` are the head's. It rests on nothing that happened on the day itself, so it stays the same all day.
    """

    day: date
    listed: tuple[Listed, ...]
    further: tuple[Listed, ...]
    is_set: bool
    note: str | None


class ProposedTarget(BaseModel):
    """A customer on a proposed list, or one who could be: the name, and why, strongest first."""

    customer_id: UUID
    name: str
    reasons: tuple[Reason, ...]


class PlanProposal(BaseModel):
    """What a head starts from: the plan as it is, and the list as the advisor has it of that day, `further` being who else could be.

    `set_by` changed it last; `frozen_by`: who froze it, None while it is not frozen. `loans`: who is lent from this book on that
    day, and who is here from another's; `colleagues` of the same unit, who work that day, may have somebody lent.
    """

    advisor: StaffName
    plan: Plan
    set_by: StaffName | None
    frozen_by: StaffName | None
    listed: list[ProposedTarget]
    further: list[ProposedTarget]
    loans: list[Loan] = Field(default_factory=list[Loan])
    colleagues: list[StaffName] = Field(default_factory=list[StaffName])


class ListState(BaseModel):
    """One advisor's list in a unit's morning: how many the head put on it, 0 leaving it to the ranking, and who froze it when."""

    advisor: StaffName
    on_leave: bool
    listed: int
    note: str | None
    frozen_at: AwareDatetime | None
    frozen_by: StaffName | None


class DuePromise(BaseModel):
    """What was promised to a customer and was open when the day began, due on the day or before; `advisor` has them that day."""

    advisor: StaffName
    customer_id: UUID
    customer_name: str
    due_on: date
    reason: str
    note: str | None


class DueMoney(BaseModel):
    """What of a customer falls due on the day, `amount` in yuan; `advisor` has them that day."""

    advisor: StaffName
    customer_id: UUID
    customer_name: str
    name: str
    amount: Decimal


class Agenda(BaseModel):
    """What a unit begins its day with: the word to all, the lists, the promises, the latest due first, and the money, the largest first."""

    unit: Unit
    day: date
    lists: list[ListState]
    promises: list[DuePromise]
    money: list[DueMoney]
    money_total: Decimal
    notice: UnitNotice = Field(default_factory=UnitNotice)


def list_of(
    day: date,
    customers: Sequence[Customer],
    *,
    promises: Sequence[Promise],
    contacts: Mapping[UUID, Contact],
    plan: Plan | None,
    wanted: int,
    lent: Collection[UUID] = (),
) -> MorningList:
    """The list of a day: the plan where one is set, else the `wanted` best of the ranking, 0 meaning the usual length.

    `customers` are those whom the advisor has on that day, `lent` those of them who are in others' books: where no plan is
    set they come first, for a head sent each of them.
    """
    ranked = rank_targets(customers, promises=promises, contacts=contacts, day=day)
    note = plan.note if plan else None
    if plan is not None and plan.customer_ids:
        return _planned_list(day, plan.customer_ids, customers, ranked, promises, contacts, note=note)
    length = wanted or DEFAULT_LENGTH
    of_ranking = [Listed(each.customer_id, each.reasons, is_picked=each.customer_id in lent) for each in ranked]
    unranked = sorted(set(lent) - {each.customer_id for each in ranked})
    sent = [each for each in of_ranking if each.is_picked]
    sent += [Listed(each, (Reason(code=ReasonCode.PICKED),), is_picked=True) for each in unranked]
    listed = (*sent, *(each for each in of_ranking if not each.is_picked))
    return MorningList(day=day, listed=listed[:length], further=listed[length:], is_set=False, note=note)


def merged(base: Sequence[UUID], *, mine: Sequence[UUID], theirs: Sequence[UUID]) -> list[UUID]:
    """One list of two that were made from `base` at once: whom either took in is in, whom either took out is out.

    The order is theirs, or mine where I moved somebody; who was taken in by the other stays behind the one they stood behind.
    """
    gone = set(base) - (set(mine) & set(theirs))
    kept = [each for each in base if each not in gone]
    i_moved = [each for each in mine if each in kept] != kept
    first, second = (mine, theirs) if i_moved else (theirs, mine)
    found = [each for each in dict.fromkeys(first) if each not in gone]
    for index, each in enumerate(second):
        if each in gone or each in found:
            continue
        before = next((one for one in reversed(second[:index]) if one in found), None)
        found.insert(0 if before is None else found.index(before) + 1, each)
    return found


def merged_note(base: str | None, *, mine: str | None, theirs: str | None) -> str | None:
    """One word to the team of two: the one that was changed, or both, theirs first."""
    if mine in (base, theirs):
        return theirs
    if theirs == base or not theirs:
        return mine
    return f"{theirs} {mine}" if mine else theirs


def _planned_list(
    day: date,
    customer_ids: Sequence[UUID],
    customers: Sequence[Customer],
    ranked: Sequence[Target],
    promises: Sequence[Promise],
    contacts: Mapping[UUID, Contact],
    *,
    note: str | None,
) -> MorningList:
    """The head's order; a customer who has left the book is left out, promises due that the head did not see come first."""
    known = {customer.id: customer for customer in customers}
    promised = {promise.customer_id: promise for promise in promises}
    chosen = [customer_id for customer_id in dict.fromkeys(customer_ids) if customer_id in known]
    due = [
        Listed(target.customer_id, target.reasons)
        for target in ranked
        if target.reasons[0].code in (ReasonCode.PROMISED, ReasonCode.APPOINTMENT) and target.customer_id not in chosen
    ]
    picked = [
        Listed(
            customer_id,
            reasons_for(
                known[customer_id],
                promise=promised.get(customer_id),
                contact=contacts.get(customer_id, Contact()),
                day=day,
            )
            or (Reason(code=ReasonCode.PICKED),),
            is_picked=True,
        )
        for customer_id in chosen
    ]
    listed = tuple(due + picked)
    on_list = {one.customer_id for one in listed}
    further = tuple(
        Listed(target.customer_id, target.reasons) for target in ranked if target.customer_id not in on_list
    )
    return MorningList(day=day, listed=listed, further=further, is_set=True, note=note)
