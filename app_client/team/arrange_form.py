"""What the page of a list to be set holds between taps; it asks and writes nothing."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app_client.flet_typed import observable
from app_client.i18n import t
from app_client.team.candidates import USUAL_GROUPS, Candidate, Group
from shared_models.plans import Plan


@observable
class ArrangeForm:
    """A list for `day`: everybody of `groups` but `left_out`, after the `earlier` list where `keeps_earlier`."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.groups = USUAL_GROUPS
        self.left_out: frozenset[UUID] = frozenset()
        self.note = ""
        self.earlier: Plan | None = None
        self.keeps_earlier = True
        self.is_busy = False
        self.trouble = ""

    def toggle_group(self, group: Group) -> None:
        """Take a whole group in, or out."""
        self.groups = self.groups ^ {group}

    def toggle_customer(self, customer_id: UUID) -> None:
        """Leave one customer out, or take them in again."""
        self.left_out = self.left_out ^ {customer_id}

    def take_earlier(self, plan: Plan) -> None:
        """Go on from the list that was set before; its note stays unless another was typed."""
        before = (self.earlier.note or "") if self.earlier is not None else ""
        if self.note in ("", before):
            self.note = plan.note or ""
        self.earlier = plan

    def add_to_note(self, words: str) -> None:
        """Put a ready sentence behind what is there; once."""
        if words not in self.note:
            said = self.note.strip()
            # A full stop that is in the way goes, of whatever script.
            while said and unicodedata.category(said[-1]) == "Po":
                said = said[:-1]
            self.note = t("；").join([said, words]) if said else words

    def chosen(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Who will be on the list, in order."""
        return [each for each in candidates if each.group in self.groups and each.customer_id not in self.left_out]
