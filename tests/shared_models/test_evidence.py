"""Evidence of a visit: the grade, what decided it, and how far from the outlet it was checked in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.evidence import Grade, VisitReason, metres_between, metres_off, visit_evidence
from shared_models.policy import Policy
from shared_models.visits import CardResult, Confirmation, ConfirmationResult, ConfirmedBy, Visit, VisitCheck
from tests.shared_models.ledgers import CUSTOMERS, MONDAY_NINE

POLICY = Policy(effective_from=date(2026, 1, 1))
OUTLET = (43.88, 125.32)
FIX = {"lat": 43.88, "lon": 125.32, "accuracy_m": 20, "taken_at": MONDAY_NINE, "mocked": False}


def visit(*, place: str = "outlet", **fields: object) -> Visit:
    return Visit.model_validate({"place": place, "fix": FIX | fields})


def check(**fields: object) -> VisitCheck:
    return VisitCheck.model_validate({"visit_id": CUSTOMERS[0]} | fields)


@pytest.mark.parametrize(
    ("made", "found", "grade", "reason"),
    [
        (visit(), None, Grade.C, VisitReason.LOCATED),
        (Visit.model_validate({"place": "outlet"}), None, Grade.D, VisitReason.NO_FIX),
        (visit(mocked=True), None, Grade.D, VisitReason.MOCKED),
        (visit(accuracy_m=301), None, Grade.D, VisitReason.COARSE),
        (visit(taken_at=MONDAY_NINE - timedelta(minutes=11)), None, Grade.D, VisitReason.STALE),
        (visit(), check(outlet_m=900), Grade.D, VisitReason.AWAY),
        (visit(mocked=True), check(card=CardResult.MATCHED), Grade.A, VisitReason.CARD_MATCHED),
        (visit(), check(card=CardResult.OTHER_CUSTOMER), Grade.C, VisitReason.LOCATED),
        (visit(place="customer"), check(customer_m=900), Grade.D, VisitReason.AWAY_FROM_CUSTOMER),
        (visit(), check(confirmation=ConfirmationResult.MATCHED), Grade.B, VisitReason.CONFIRMED),
        (visit(mocked=True), check(confirmation=ConfirmationResult.MATCHED), Grade.B, VisitReason.CONFIRMED),
        (
            visit(),
            check(confirmation=ConfirmationResult.MATCHED, card=CardResult.MATCHED),
            Grade.A,
            VisitReason.CARD_MATCHED,
        ),
        (visit(), check(confirmation=ConfirmationResult.WRONG), Grade.C, VisitReason.LOCATED),
        (visit(mocked=True), check(confirmation=ConfirmationResult.USED), Grade.D, VisitReason.MOCKED),
    ],
)
def test_a_grade_says_what_decided_it(made: Visit, found: VisitCheck | None, grade: Grade, reason: VisitReason) -> None:
    evidence = visit_evidence(made, occurred_at=MONDAY_NINE, policy=POLICY, check=found)
    assert (evidence.grade, evidence.reason) == (grade, reason)


def test_only_what_is_no_match_is_a_finding() -> None:
    assert check(card=CardResult.MATCHED).finding is None
    assert check(outlet_m=900).finding is None
    assert check(card=CardResult.UNKNOWN_CARD).finding is CardResult.UNKNOWN_CARD


def off(
    made: Visit, outlet: tuple[float, float] | None = OUTLET, customer: tuple[float, float] | None = None
) -> int | None:
    return metres_off(made, occurred_at=MONDAY_NINE, policy=POLICY, outlet=outlet, customer=customer)


def test_a_check_in_beyond_the_geofence_and_its_own_inaccuracy_is_off() -> None:
    # A thousandth of a degree of latitude is 111 metres.
    assert off(visit(lat=43.8825)) is None
    assert off(visit(lat=43.883)) == 334
    assert off(visit(lat=43.883, accuracy_m=40)) is None


@pytest.mark.parametrize("made", [visit(lat=44, place="customer"), visit(lat=44, mocked=True)])
def test_what_is_not_at_the_outlet_or_proves_nothing_is_not_off(made: Visit) -> None:
    assert off(made) is None


def test_a_visit_at_the_customers_is_measured_from_their_address_as_one_at_the_outlet_from_the_outlets() -> None:
    home = (43.95, 125.4)
    assert off(visit(place="customer", lat=home[0], lon=home[1]), customer=home) is None
    assert off(visit(place="customer"), customer=home) == off(visit(lat=home[0], lon=home[1]), outlet=OUTLET)
    assert off(visit(place="other"), customer=home) is None


places = st.tuples(st.floats(-89, 89), st.floats(-179, 179))


@given(spot=places, fixed=places, accuracy_m=st.floats(0, 300), mocked=st.booleans(), age=st.integers(0, 20))
def test_where_the_spot_is_decides_and_not_whose_it_is(
    spot: tuple[float, float], fixed: tuple[float, float], accuracy_m: float, mocked: bool, age: int
) -> None:
    taken_at = MONDAY_NINE - timedelta(minutes=age)

    def at(place: str) -> Visit:
        lat, lon = fixed
        return visit(place=place, lat=lat, lon=lon, accuracy_m=accuracy_m, mocked=mocked, taken_at=taken_at)

    found = off(at("customer"), outlet=None, customer=spot)
    assert found == off(at("outlet"), outlet=spot, customer=None)
    away = metres_between(fixed, spot)
    believed = not mocked and age <= 10
    assert found == (round(away) if believed and away > POLICY.geofence_m + accuracy_m else None)


def test_a_code_that_is_not_there_leaves_the_content_as_it_was() -> None:
    made = visit()
    assert "confirmation" not in made.model_dump_json()
    confirmed = made.model_copy(update={"confirmation": Confirmation(by=ConfirmedBy.SMS, code="000123")})
    assert Visit.model_validate_json(confirmed.model_dump_json()) == confirmed


def test_without_the_outlets_place_nothing_is_off() -> None:
    assert off(visit(lat=44), outlet=None) is None


def test_distances_are_those_of_the_globe() -> None:
    shanghai, beijing = (31.2304, 121.4737), (39.9042, 116.4074)
    assert metres_between(shanghai, beijing) == pytest.approx(1_067_000, rel=0.01)
    assert metres_between((0, 179.9), (0, -179.9)) == pytest.approx(22_239, rel=0.01)
    assert metres_between((90, 0), (-90, 0)) == pytest.approx(20_015_000, rel=0.01)
