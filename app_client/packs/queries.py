"""Which pack is meant; it asks the server nothing."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_models.bulletins import span_of
from shared_models.team import Period
from shared_models.text import Language


@dataclass(frozen=True, slots=True)
class Asked:
    """The pack of a unit for the month of `day`, in a language."""

    unit_id: UUID
    day: date
    language: Language

    @property
    def month(self) -> str:
        """`2026-11`."""
        return span_of(self.day, Period.MONTH).period

    @property
    def key(self) -> str:
        """Under which the answer is kept."""
        return f"packs/{self.unit_id}/{self.month}/{self.language}"
