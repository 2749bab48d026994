"""What the server has to say of a visit (核对结果), as an activity that it writes beside the visit."""

from app_server.cards.service import OpenedCard
from shared_models.activity import Activity, ActivityKind
from shared_models.evidence import metres_off
from shared_models.policy import Policy
from shared_models.visits import CardResult, ConfirmationResult, Visit, VisitCheck, VisitPlace, visit_check_id

# Under which the server writes what it found; it is nobody's phone.
OWN_DEVICE = "server"


def check_of(
    visit: Activity,
    *,
    policy: Policy,
    outlet: tuple[float, float] | None,
    customer: tuple[float, float] | None,
    card: OpenedCard | None,
    result: CardResult | None,
    confirmation: ConfirmationResult | None,
) -> Activity | None:
    """The check of a visit; None where there is nothing to say of it.

    `outlet` and `customer` are places (latitude, longitude), `result` is what came of the card, `confirmation` of the code.
    """
    assert isinstance(visit.data, Visit)
    off = metres_off(visit.data, occurred_at=visit.occurred_at, policy=policy, outlet=outlet, customer=customer)
    is_outlet = visit.data.place is VisitPlace.OUTLET
    found = VisitCheck(
        visit_id=visit.id,
        card=result,
        card_last4=card.last4 if card is not None else None,
        outlet_m=off if is_outlet else None,
        # To the hundred: from exact ones of three places somebody could work out where a customer lives.
        customer_m=round(off, -2) if off is not None and not is_outlet else None,
        confirmation=confirmation,
    )
    if not found.says_something:
        return None
    # Of its visit's own instant and customer, so that whatever reads the one has the other with it.
    told = {"id": visit_check_id(visit.id), "kind": ActivityKind.VISIT_CHECK, "data": found}
    return visit.model_copy(update=told)
