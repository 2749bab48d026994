"""Some of the demo bank's visits are proved as real ones are: by the customer's card, or by the code of the outlet's screen.

What comes of either is found by those who judge what phones send; only the sealing is left out, which takes long.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from random import Random
from uuid import UUID

from sqlmodel import Session

from app_server.cards.keys import DigestKey
from app_server.cards.service import OpenedCard, card_results
from app_server.confirmations.codes import period_of, screen_secret, totp
from app_server.confirmations.service import Claim, HeardCode, code_results
from app_server.demo.bank import SEED, Person
from app_server.sync.checks import check_of
from shared_models.activity import Activity, Void
from shared_models.policy import Policies
from shared_models.visits import Confirmation, ConfirmedBy, Visit, VisitPlace

CARD_SHARE, CODE_SHARE = 0.8, 0.3
# Of the days before the data folder had one: with it nobody else's screen ever shows a code.
_KEY = DigestKey(
    kid="demo", created_at=datetime(2020, 1, 1, tzinfo=UTC), secret=sha256(f"{SEED}/screens".encode()).hexdigest()
)


def with_codes(worked: Sequence[Activity], person: Person, *, holders: Collection[UUID]) -> list[Activity]:
    """The same, but that in some visits at the outlet the customer has read out the code of its screen."""
    return [_with_code(each, person) if _has_code(each, holders) else each for each in worked]


def checks_of_visits(
    session: Session, worked: Sequence[Activity], person: Person, *, rules: Policies, cards: Mapping[UUID, OpenedCard]
) -> list[Activity]:
    """What there is to say of these visits; `cards` are the customers' own, which some of them bring along."""
    visits = {each.id: each for each in worked if isinstance(each.data, Visit) and each.customer_id is not None}
    customers = {visit_id: each.customer_id for visit_id, each in visits.items() if each.customer_id is not None}
    swiped = {visit_id: cards[customers[visit_id]] for visit_id, each in visits.items() if _has_card(each, cards)}
    results = card_results(session, swiped, customers)
    days = {each.id: rules.business_day(each.occurred_at, each.clock_offset_ms) for each in visits.values()}
    claims = [claim for each in visits.values() if (claim := _claim(each, person, days[each.id])) is not None]
    voided = [each.data.activity_id for each in worked if isinstance(each.data, Void)]
    confirmed = code_results(session, claims, advisor_id=person.id, voided=voided) if claims else {}
    outlet = None if person.unit.lat is None or person.unit.lon is None else (person.unit.lat, person.unit.lon)
    checks = (
        check_of(
            each,
            policy=rules.on(days[each.id]).policy,
            outlet=outlet,
            customer=None,
            card=swiped.get(each.id),
            result=results.get(each.id),
            confirmation=confirmed.get(each.id),
        )
        for each in visits.values()
    )
    return [check for check in checks if check is not None]


def _luck(visit: Activity, of: str) -> float:
    # Of its own seed, so that the days themselves stay what they are.
    return Random(f"{SEED}/{of}/{visit.id}").random()


def _has_card(visit: Activity, holders: Collection[UUID]) -> bool:
    return visit.customer_id in holders and _luck(visit, "card") < CARD_SHARE


def _has_code(activity: Activity, holders: Collection[UUID]) -> bool:
    visit = activity.data
    if not isinstance(visit, Visit) or visit.place is not VisitPlace.OUTLET or _has_card(activity, holders):
        return False
    return _luck(activity, "code") < CODE_SHARE


def _with_code(activity: Activity, person: Person) -> Activity:
    assert isinstance(activity.data, Visit)
    code = totp(screen_secret(_KEY, person.unit.id), period_of(activity.corrected_at))
    heard = Confirmation(by=ConfirmedBy.OUTLET_SCREEN, code=code)
    return activity.model_copy(update={"data": activity.data.model_copy(update={"confirmation": heard})})


def _claim(activity: Activity, person: Person, day: date) -> Claim | None:
    visit = activity.data
    if not isinstance(visit, Visit) or visit.confirmation is None or activity.customer_id is None:
        return None
    at_outlet = visit.place is VisitPlace.OUTLET
    heard = HeardCode(visit.confirmation, (_KEY,))
    return Claim(activity.id, activity.customer_id, activity.corrected_at, day, person.unit.id, at_outlet, heard)
