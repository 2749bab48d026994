"""What is kept of a meeting that is being held, and how long each of its steps takes; no store and no screen here."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from shared_models.meetings import AcceptedTarget, MeetingClose, MeetingDrill, MeetingNote, MeetingStep

STEPS: tuple[MeetingStep, ...] = tuple(MeetingStep)
# Ten minutes in all.
SECONDS_OF_STEP = {
    MeetingStep.RESULT: 120,
    MeetingStep.EXCEPTIONS: 120,
    MeetingStep.REFUSALS: 180,
    MeetingStep.WORKED: 60,
    MeetingStep.TOMORROW: 90,
    MeetingStep.CLOSE: 30,
}
SECONDS = sum(SECONDS_OF_STEP.values())


class Draft(BaseModel):
    """What is kept of a meeting until it is closed. `absent` rather than who is there: most people are."""

    id: UUID
    unit_id: UUID
    day: date
    began_at: AwareDatetime
    step: MeetingStep = MeetingStep.RESULT
    step_began_at: AwareDatetime
    absent: list[UUID] = Field(default_factory=list[UUID])
    drill: MeetingDrill | None = None
    accepted: list[AcceptedTarget] = Field(default_factory=list[AcceptedTarget])
    notes: list[MeetingNote] = Field(default_factory=list[MeetingNote])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was said or agreed yet: a meeting that nobody has begun."""
        return not (self.absent or self.drill or self.accepted or self.notes) and self.step is MeetingStep.RESULT

    def note_of(self, step: MeetingStep, advisor_id: UUID | None) -> str:
        """What was noted at a step of one advisor, or with None of all; "" where nothing was."""
        return next((each.text for each in self.notes if (each.step, each.advisor_id) == (step, advisor_id)), "")

    def closing(self, people: Iterable[UUID]) -> MeetingClose:
        """What is sent to close it, of these people those who are there."""
        return MeetingClose(
            unit_id=self.unit_id,
            day=self.day,
            attended=[each for each in people if each not in self.absent],
            drill=self.drill,
            accepted=self.accepted,
            notes=self.notes,
        )
