"""The ranking and the promises: who is called first, and why."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from shared_models.activity import Activity, Void
from shared_models.calls import CallOutcome
from shared_models.customers import Customer, Maturity, name_initials
from shared_models.follow_ups import FollowUp
from shared_models.plans import (
    Contact,
    Promise,
    ReasonCode,
    handed_over,
    next_birthday,
    open_promises,
    rank_targets,
)
from tests.shared_models.ledgers import CUSTOMERS, DAY, ledgers
from tests.shared_models.test_fold import OUTLET, activity, call

CALLBACK_TODAY = FollowUp(due_on=DAY, reason="callback")


def customer(number: int, **fields: object) -> Customer:
    values = {"id": CUSTOMERS[number], "name": "欧阳婳", "phone": "13800000000", "managed_since": date(2020, 1, 1)}
    return Customer.model_validate(values | {"last_contact_on": DAY - timedelta(days=40)} | fields)


def codes(*customers: Customer, promises: list[Promise] | None = None) -> list[tuple[UUID, ReasonCode]]:
    ranked = rank_targets(customers, promises=promises or [], contacts={}, day=DAY)
    return [(target.customer_id, target.reasons[0].code) for target in ranked]


def test_a_promise_comes_before_money_and_money_before_silence() -> None:
    book = [
        customer(0, last_contact_on=DAY - timedelta(days=200)),
        customer(1, maturities=[Maturity(name="安盈", amount=Decimal(500_000), due_on=DAY + timedelta(days=1))]),
        customer(2),
    ]
    promises = open_promises([activity(1, CALLBACK_TODAY, CUSTOMERS[2])])
    assert codes(*book, promises=list(promises)) == [
        (CUSTOMERS[2], ReasonCode.PROMISED),
        (CUSTOMERS[1], ReasonCode.MATURITY),
        (CUSTOMERS[0], ReasonCode.SILENCE),
    ]


def test_a_promise_for_later_keeps_the_customer_off_the_list() -> None:
    later = activity(1, FollowUp(due_on=DAY + timedelta(days=2), reason="callback"), CUSTOMERS[0])
    assert codes(customer(0, idle_cash=Decimal(900_000)), promises=list(open_promises([later]))) == []


def test_a_promise_is_kept_by_speaking_to_the_customer_and_not_by_ringing() -> None:
    made = activity(1, CALLBACK_TODAY)
    rang = activity(2, call(CallOutcome.NO_ANSWER, 0), minutes=5)
    spoke = activity(3, call(CallOutcome.DECLINED), minutes=10)
    visited = activity(4, OUTLET, minutes=10)
    assert len(open_promises([made, rang])) == 1
    assert open_promises([made, rang, spoke]) == []
    assert open_promises([made, visited]) == []


@given(
    made=ledgers(),
    in_other_books=st.lists(st.booleans(), min_size=40, max_size=40),
    mixed=st.randoms(use_true_random=False),
)
def test_promises_are_open_in_a_new_book_as_in_one_ledger_of_all_books(
    made: list[Activity], in_other_books: list[bool], mixed: Random
) -> None:
    # Of two of one instant the ids decide, of which not all travel.
    assume(len({activity.corrected_at for activity in made}) == len(made))
    by_id = {activity.id: activity for activity in made}
    others: dict[UUID | None, list[Activity]] = defaultdict(list)
    own: list[Activity] = []
    book = dict(zip(by_id, in_other_books, strict=False))
    for each in made:
        # Whoever takes something back is whose it was.
        whose = book.get(each.data.activity_id, False) if isinstance(each.data, Void) else book[each.id]
        aimed_at = by_id.get(each.data.activity_id, each) if isinstance(each.data, Void) else each
        (others[aimed_at.customer_id] if whose else own).append(each)
    handed = {
        customer: brought
        for customer, activities in others.items()
        if customer is not None and (brought := handed_over(activities)) is not None
    }
    mixed.shuffle(own)
    assert open_promises(own, handed) == open_promises(made)


def test_somebody_spoken_to_last_week_is_left_in_peace() -> None:
    contacts = {CUSTOMERS[0]: Contact(spoken_on=DAY - timedelta(days=5))}
    rich = customer(0, idle_cash=Decimal(900_000))
    assert rank_targets([rich], promises=[], contacts=contacts, day=DAY) == []


@given(st.permutations(range(8)))
def test_the_same_book_gives_the_same_list(order: list[int]) -> None:
    book = [customer(n, idle_cash=Decimal(60_000)) for n in order]
    assert [c for c, _ in codes(*book)] == CUSTOMERS


def test_birthdays_roll_over_the_year_and_29_february() -> None:
    assert next_birthday("01-02", date(2026, 12, 30)) == date(2027, 1, 2)
    assert next_birthday("02-29", date(2026, 2, 1)) == date(2026, 2, 28)
    assert next_birthday(None, DAY) is None


def test_initials_of_rare_names_and_of_mixed_ones() -> None:
    assert name_initials("欧阳婳") == "oyh"
    assert name_initials("李璟瑄") == "ljx"
    assert name_initials("Anna 王") == "annaw"
