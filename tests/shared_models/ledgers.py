"""Hypothesis strategies for ledgers: activities of a few customers over a few days, voids and repeats included."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from shared_models.activity import Activity, ActivityData, ActivityKind, Void
from shared_models.boards import BoardShown
from shared_models.calls import Call, CallChannel, CallOutcome, DeclineReason, TimedBy
from shared_models.follow_ups import FollowUp
from shared_models.proposals import Pick, PickResponse, Proposal
from shared_models.visits import CardResult, ConfirmationResult, Fix, Visit, VisitCheck, VisitPlace, visit_check_id

DAY = date(2026, 11, 23)
MONDAY_NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
CUSTOMERS = [UUID(int=0x0193_0000_0000_7000_8000_0000_0000_0000 + n) for n in range(8)]
PRODUCTS = [UUID(int=0x0194_0000_0000_7000_8000_0000_0000_0000 + n) for n in range(6)]

calls = st.builds(
    Call,
    channel=st.sampled_from(CallChannel),
    outcome=st.sampled_from(CallOutcome),
    talk_seconds=st.integers(0, 90),
    timed_by=st.sampled_from(TimedBy),
    decline_reason=st.none() | st.sampled_from(list(DeclineReason)),
)
fixes = st.builds(
    Fix,
    lat=st.floats(43, 44),
    lon=st.floats(125, 126),
    accuracy_m=st.floats(1, 900),
    taken_at=st.datetimes(datetime(2026, 11, 23), datetime(2026, 11, 23, 12), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis wants naive bounds
    mocked=st.booleans(),
)
visits = st.builds(Visit, place=st.sampled_from(VisitPlace), fix=st.none() | fixes)
picks = st.builds(
    Pick,
    product_id=st.sampled_from(PRODUCTS),
    response=st.sampled_from(PickResponse),
    amount=st.none() | st.decimals(0, 10**6, places=2).map(Decimal),
)


def proposals(visit_ids: list[UUID]) -> st.SearchStrategy[Proposal]:
    """Proposals at one of these visits."""
    return st.builds(
        Proposal,
        visit_id=st.sampled_from(visit_ids),
        picks=st.lists(picks, min_size=1, max_size=5, unique_by=lambda pick: pick.product_id).map(tuple),
        fewer_because=st.none() | st.just("no_time"),
    )


@st.composite
def ledgers(draw: st.DrawFn, *, max_size: int = 30, checked: bool = False) -> list[Activity]:
    """A ledger in the order its phone made it; some instants lie on the neighbouring days. `checked`: the server's findings, too."""
    made: list[Activity] = []
    for seq in range(1, draw(st.integers(0, max_size)) + 1):
        customer = draw(st.sampled_from(CUSTOMERS))
        earlier_visits = [a for a in made if a.kind is ActivityKind.VISIT]
        kinds: list[st.SearchStrategy[ActivityData]] = [
            calls,
            visits,
            st.just(BoardShown(board_id=PRODUCTS[0], board_version=1, seconds=40)),
            st.just(FollowUp(due_on=DAY + timedelta(days=1), reason="callback")),
        ]
        if made:
            kinds.append(st.builds(Void, activity_id=st.sampled_from([a.id for a in made]), reason=st.just("mistake")))
        unchecked = [a for a in earlier_visits if visit_check_id(a.id) not in {each.id for each in made}]
        if checked and unchecked and draw(st.booleans()):
            card = draw(st.none() | st.sampled_from(CardResult))
            confirmation = draw(st.none() | st.sampled_from(ConfirmationResult))
            made.append(check_of(draw(st.sampled_from(unchecked)), card, confirmation=confirmation))
            continue
        if earlier_visits:
            kinds.append(proposals([a.id for a in earlier_visits]))
        data = draw(st.one_of(kinds))
        if isinstance(data, Proposal):
            customer = next(a.customer_id for a in earlier_visits if a.id == data.visit_id) or customer
        made.append(
            Activity(
                id=UUID(int=0x0195_0000_0000_7000_8000_0000_0000_0000 + seq),
                kind=KIND_OF[type(data)],
                seq=seq,
                occurred_at=MONDAY_NINE + timedelta(minutes=draw(st.integers(-1200, 1200))),
                clock_offset_ms=draw(st.sampled_from([0, -230, 3_600_000])),
                customer_id=None if isinstance(data, Void) else customer,
                data=data,
            )
        )
    return made


def check_of(
    visit: Activity,
    card: CardResult | None,
    *,
    outlet_m: int | None = None,
    confirmation: ConfirmationResult | None = None,
) -> Activity:
    """What the server writes beside a visit."""
    return visit.model_copy(
        update={
            "id": visit_check_id(visit.id),
            "kind": ActivityKind.VISIT_CHECK,
            "data": VisitCheck(visit_id=visit.id, card=card, outlet_m=outlet_m, confirmation=confirmation),
        }
    )


KIND_OF: dict[type[ActivityData], ActivityKind] = {
    Call: ActivityKind.CALL,
    Visit: ActivityKind.VISIT,
    Proposal: ActivityKind.PROPOSAL,
    BoardShown: ActivityKind.BOARD_SHOWN,
    FollowUp: ActivityKind.FOLLOW_UP,
    Void: ActivityKind.VOID,
}
