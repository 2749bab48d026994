"""What the page of one advisor's list holds between taps; it asks and writes nothing."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app_client.flet_typed import observable
from app_client.i18n import t
from shared_models.morning import PlanProposal, ProposedTarget, merged, merged_note


@dataclass(frozen=True, slots=True)
class _Mine:
    """What this head made of which list."""

    base: PlanProposal
    ids: tuple[UUID, ...]
    words: str | None


@observable
class ListForm:
    """The list as it stands on the screen: `ids` in order and the `note`, both begun from `base`; None: not asked yet.

    `merged_with`: whose change, made meanwhile, was just taken in; "" nobody's. `lending`: of whom it is asked who has them today.
    """

    def __init__(self) -> None:
        self.base: PlanProposal | None = None
        self.ids: tuple[UUID, ...] = ()
        self.note = ""
        self.targets: Mapping[UUID, ProposedTarget] = {}
        self.merged_with = ""
        self.kept: _Mine | None = None
        self.lending: UUID | None = None
        self.asks_why = False
        self.why = ""
        self.is_busy = False
        self.trouble = ""

    @property
    def is_frozen(self) -> bool:
        """Whether nothing can be changed."""
        return self.base is not None and self.base.plan.frozen_at is not None

    @property
    def is_changed(self) -> bool:
        """Whether something was changed here that nobody has stored."""
        return self.base is not None and (self.ids, self.words) != (_listed(self.base), self.base.plan.note)

    @property
    def words(self) -> str | None:
        """The note as it is stored."""
        return self.note.strip() or None

    @property
    def further(self) -> tuple[ProposedTarget, ...]:
        """Who could be taken in, in the order of the ranking."""
        return tuple(each for each in self.targets.values() if each.customer_id not in self.ids)

    @property
    def lent_from(self) -> Mapping[UUID, str]:
        """Who is here from a colleague's book, and whose each is, by name."""
        return _owners_of_lent(self.base) if self.base is not None else {}

    def take(self, proposal: PlanProposal) -> None:
        """Go on from what the server has; what was changed here stays, and is merged with what another head changed.

        A frozen list is shown as it is: what was changed here is kept until it is unfrozen.
        """
        theirs, words = _listed(proposal), proposal.plan.note
        mine = self.kept or (_Mine(self.base, self.ids, self.words) if self.base and self.is_changed else None)
        known = {each.customer_id: each for each in (*proposal.listed, *proposal.further)}
        # Whom this head took in may have fallen behind the ranking's end.
        self.targets = known | {each: one for each, one in self.targets.items() if mine and each in mine.ids}
        self.base, self.ids, self.note = proposal, theirs, words or ""
        self.kept = mine if self.is_frozen else None
        if mine is None or self.is_frozen:
            return
        self.ids = tuple(merged(_listed(mine.base), mine=mine.ids, theirs=theirs))
        self.note = merged_note(mine.base.plan.note, mine=mine.words, theirs=words) or ""
        if mine.base.plan.version != proposal.plan.version:
            self.merged_with = proposal.set_by.name if proposal.set_by is not None else t("别人")

    def is_stored(self) -> None:
        """What was changed here is the server's now."""
        self.base, self.kept = None, None

    def move(self, index: int, to: int) -> None:
        """Put the one at `index` where they stand at `to`, 0 being the first."""
        if index == to or not (0 <= index < len(self.ids) and 0 <= to < len(self.ids)):
            return
        ids = list(self.ids)
        ids.insert(to, ids.pop(index))
        self.ids = tuple(ids)

    def take_out(self, customer_id: UUID) -> None:
        """Out of the list."""
        self.ids = tuple(each for each in self.ids if each != customer_id)

    def take_in(self, customer_id: UUID) -> None:
        """Into the list, at its end."""
        if customer_id not in self.ids:
            self.ids = (*self.ids, customer_id)

    def say(self, words: str) -> None:
        """Put a ready sentence behind what is there; once."""
        said = self.note.strip()
        if words in said:
            return
        while said and unicodedata.category(said[-1]) == "Po":
            said = said[:-1]
        self.note = t("；").join([said, words]) if said else words


def _owners_of_lent(proposal: PlanProposal) -> dict[UUID, str]:
    here = (each for each in proposal.loans if each.borrower.id == proposal.advisor.id)
    return {each.customer_id: each.owner.name for each in here}


def _listed(proposal: PlanProposal) -> tuple[UUID, ...]:
    return tuple(each.customer_id for each in proposal.listed)
