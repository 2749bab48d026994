"""What a person taps: calls, visits with proposals, prospects and voids, as the store takes them."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from app_client.calls.actions import NEEDS_DAY
from app_client.store import reads
from app_client.store.ledger import Draft
from shared_models.activity import ActivityKind, Void, uuid7
from shared_models.calls import Call, CallChannel, CallOutcome, TimedBy
from shared_models.customers import Prospect
from shared_models.follow_ups import FollowUp, FollowUpReason
from shared_models.hint_answers import HintAnswer, HintCode
from shared_models.proposals import Pick, PickResponse, Proposal
from shared_models.visits import Visit, VisitPlace
from tests.simulation import bank
from tests.simulation.phone import Phone

_HINTED = (ActivityKind.CALL, ActivityKind.VISIT)
_VOIDABLE = (ActivityKind.CALL, ActivityKind.VISIT, ActivityKind.PROPOSAL, ActivityKind.FOLLOW_UP)


def some_drafts(phone: Phone, chance: Random) -> tuple[list[Draft], str]:
    """What one tap writes, and what to call it."""
    book = [each.id for each in phone.look(lambda tx: reads.customers_on(tx, phone.clock.now().date()))]
    own = sorted(phone.promises.values(), key=lambda each: each.activity.id)[-8:]
    what = chance.choices(("call", "visit", "prospect", "void", "answer"), (5, 4, 1, 2, 1))[0]
    if what == "void" and (targets := [each for each in own if each.activity.kind in _VOIDABLE]):
        target = chance.choice(targets)
        if chance.random() < 0.3 and (pulled := _of_other_phone(phone)):
            return [_void(chance.choice(pulled))], "a void across phones"
        return [_void(target.activity.id)], f"a void of {target.label} as"
    if what == "answer" and (targets := [each for each in own if each.activity.kind in _HINTED]):
        target = chance.choice(targets)
        # Whether there is such a hint makes no difference to what is kept.
        data = HintAnswer(activity_id=target.activity.id, hint=chance.choice(list(HintCode)), text="上午在外，回来补登")
        return [Draft(kind=ActivityKind.HINT_ANSWER, data=data)], f"an answer about {target.label}"
    if what == "prospect" or not book:
        data = Prospect(name="欧阳婳", phone="13800001111", source="street")
        return [Draft(kind=ActivityKind.PROSPECT, data=data, id=_maybe_id(phone, chance))], "a prospect"
    customer = chance.choice(book)
    if what == "visit":
        return _visit(phone, chance, customer)
    call = Call(
        channel=CallChannel.MOBILE,
        outcome=chance.choice(list(CallOutcome)),
        talk_seconds=chance.choice((10, 45, 90)),
        timed_by=TimedBy.DEVICE,
    )
    drafts = [Draft(kind=ActivityKind.CALL, data=call, customer_id=customer, id=_maybe_id(phone, chance))]
    if call.outcome in NEEDS_DAY:
        due_on = phone.clock.now().date() + timedelta(days=call.talk_seconds // 30)
        promise = FollowUp(due_on=due_on, reason=FollowUpReason.CALLBACK)
        drafts.append(Draft(kind=ActivityKind.FOLLOW_UP, data=promise, customer_id=customer))
    return drafts, "a call"


def _visit(phone: Phone, chance: Random, customer: UUID) -> tuple[list[Draft], str]:
    visit_id = uuid7(phone.clock.now())
    drafts = [Draft(kind=ActivityKind.VISIT, data=Visit(place=VisitPlace.OUTLET), customer_id=customer, id=visit_id)]
    rated = phone.look(lambda tx: reads.customer(tx, customer))
    if rated is None or rated.rating is None or chance.random() < 0.2:
        return drafts, "a visit"
    risky = chance.random() < 0.05
    shelf = [bank.TOO_RISKY] if risky else list(bank.PRODUCTS)
    picks = tuple(
        Pick(
            product_id=each,
            response=(response := chance.choice(list(PickResponse))),
            amount=Decimal(chance.randint(1, 9) * 1000) if response is PickResponse.BOUGHT else None,
        )
        for each in chance.sample(shelf, k=min(len(shelf), chance.randint(1, 4)))
    )
    proposal = Proposal(visit_id=visit_id, picks=picks)
    drafts.append(Draft(kind=ActivityKind.PROPOSAL, data=proposal, customer_id=customer, id=uuid7(phone.clock.now())))
    return drafts, "a visit with a risky proposal" if risky else "a visit with a proposal"


def _maybe_id(phone: Phone, chance: Random) -> UUID | None:
    return uuid7(phone.clock.now()) if chance.random() < 0.5 else None


def _of_other_phone(phone: Phone) -> list[UUID]:
    rows = phone.look(
        lambda tx: tx.execute(
            "SELECT id FROM activities WHERE device = 'other' AND kind IN ('call', 'visit', 'proposal') ORDER BY id"
        ).fetchall()
    )
    return [UUID(row["id"]) for row in rows]


def _void(target: UUID) -> Draft:
    return Draft(kind=ActivityKind.VOID, data=Void(activity_id=target, reason="mistake"))
