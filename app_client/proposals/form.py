"""What the proposal screen holds between taps: the cards on it, the answers, and what was typed; it reads and writes nothing."""

from uuid import UUID

from app_client.flet_typed import observable
from app_client.proposals.actions import AmountTrouble, AmountUnit, PickEntry, typed_amount
from app_client.proposals.queries import ProposalView
from shared_models.proposals import PickResponse


@observable
class ProposalForm:
    """The answers of one visit, begun with what was saved before. `cards`: the products shown as cards, in order; `offered`: what the app had picked."""

    def __init__(self) -> None:
        self.visit_id: UUID | None = None
        self.cards: list[UUID] = []
        self.offered: tuple[UUID, ...] = ()
        self.picks: dict[UUID, PickEntry] = {}
        self.search = ""
        self.shows_unsuitable = False
        self.trouble = ""
        self.amount_troubles: dict[UUID, AmountTrouble] = {}

    def begin(self, view: ProposalView) -> None:
        """Take over what was saved at this visit, and the suggestions; does nothing the second time."""
        if self.visit_id == view.visit.visit_id:
            return
        self.visit_id = view.visit.visit_id
        picks: dict[UUID, PickEntry] = {}
        for pick in view.saved:
            typed, unit = typed_amount(pick.amount)
            picks[pick.product_id] = PickEntry(pick.product_id, pick.response, typed, unit)
        self.picks = picks
        self.offered = view.offered or view.suggested
        self.cards = [*picks, *(each for each in view.suggested if each not in picks)]

    def answer(self, product_id: UUID, response: PickResponse) -> None:
        """Take the customer's answer; the same one again takes it back."""
        last = self.picks.get(product_id)
        if last is not None and last.response is response:
            self.picks = {key: pick for key, pick in self.picks.items() if key != product_id}
        else:
            amount, unit = (last.amount, last.unit) if last is not None else ("", AmountUnit.WAN)
            self.picks = {**self.picks, product_id: PickEntry(product_id, response, amount, unit)}
        self._forget_troubles(product_id)

    def type_amount(self, product_id: UUID, text: str) -> None:
        """Take an amount as typed."""
        last = self.picks[product_id]
        self.picks = {**self.picks, product_id: PickEntry(product_id, last.response, text, last.unit)}
        self._forget_troubles(product_id)

    def count_in(self, product_id: UUID, unit: AmountUnit) -> None:
        """Take the unit the amount is typed in."""
        last = self.picks[product_id]
        self.picks = {**self.picks, product_id: PickEntry(product_id, last.response, last.amount, unit)}
        self._forget_troubles(product_id)

    def add(self, product_id: UUID) -> None:
        """Show a product of the shelf as a card, introduced already: a tap is an answer."""
        if product_id not in self.cards:
            self.cards = [*self.cards, product_id]
        self.picks = {**self.picks, product_id: PickEntry(product_id, PickResponse.PRESENTED)}
        self.search = ""

    def swap(self, product_id: UUID, other_id: UUID) -> None:
        """Show another product in a card's place."""
        self.cards = [other_id if each == product_id else each for each in self.cards]

    @property
    def wanted(self) -> list[UUID]:
        """The cards that the customer has not turned down."""
        return [
            each
            for each in self.cards
            if each not in self.picks or self.picks[each].response is not PickResponse.DECLINED
        ]

    def fold_unsuitable(self) -> None:
        """Show what may not be proposed, or put it away."""
        self.shows_unsuitable = not self.shows_unsuitable

    def _forget_troubles(self, product_id: UUID) -> None:
        self.trouble = ""
        self.amount_troubles = {key: each for key, each in self.amount_troubles.items() if key != product_id}
