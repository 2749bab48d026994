"""The meeting on the screen: its draft, and the note that is being written; it asks and writes nothing."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from uuid import UUID

from app_client.flet_typed import observable
from app_client.meetings.draft import STEPS, Draft
from shared_models.meetings import AcceptedTarget, MeetingDrill, MeetingNote, MeetingStep
from shared_models.plans import Plan


class Player(Enum):
    """The two parts of a drill."""

    ADVISOR = "advisor_played_by"
    CUSTOMER = "customer_played_by"


@observable
class Sitting:
    """The meeting on the screen. `goes_on`: it was begun before; `writes`: the step and whom a note is being written of;
    `picks`: the part that is being given away; `plans`: the advisors' lists for the next working day, as far as they are known.
    """

    def __init__(self, draft: Draft, *, goes_on: bool) -> None:
        self.draft = draft
        self.goes_on = goes_on
        self.writes: tuple[MeetingStep, UUID | None] | None = None
        self.text = ""
        self.picks: Player | None = None
        self.plans: Mapping[UUID, Plan] = {}
        self.setting_lists = asyncio.Lock()
        self.is_busy = False
        self.trouble = ""

    def move(self, step: MeetingStep, *, now: datetime) -> None:
        """Go to another step."""
        if step is not self.draft.step:
            self._change(step=step, step_began_at=now)

    def turn(self, by: int, *, now: datetime) -> None:
        """Go on, or back; at either end nothing."""
        index = STEPS.index(self.draft.step) + by
        if 0 <= index < len(STEPS):
            self.move(STEPS[index], now=now)

    def begin_anew(self, draft: Draft) -> None:
        """Hold another meeting of the same day."""
        self.draft, self.goes_on, self.trouble = draft, True, ""

    def write_note(self, step: MeetingStep, advisor_id: UUID | None) -> None:
        """Begin a note, or go on with the one there is."""
        self.text = self.draft.note_of(step, advisor_id)
        self.writes = step, advisor_id

    def keep_note(self) -> None:
        """Note what was written; an empty text takes the note back."""
        if self.writes is None:
            return
        step, advisor_id = self.writes
        notes = [each for each in self.draft.notes if (each.step, each.advisor_id) != (step, advisor_id)]
        if self.text.strip():
            notes.append(MeetingNote(step=step, advisor_id=advisor_id, text=self.text.strip()))
        self._change(notes=notes)
        self.writes = None

    def put_note_away(self) -> None:
        """Write no note, and leave what there is."""
        self.writes = None

    def choose_drill(self, drill: MeetingDrill) -> None:
        """What is practised, with whom, and whether it was done."""
        self._change(drill=drill)

    def pick(self, part: Player | None) -> None:
        """Ask who plays a part, or ask no more."""
        self.picks = part

    def give_part(self, drill: MeetingDrill, staff_id: UUID) -> None:
        """Somebody plays the part that was asked for; who played the other one before is free."""
        if self.picks is None:
            return
        parts = {part.value: getattr(drill, part.value) for part in Player}
        parts = {part: None if who == staff_id else who for part, who in parts.items()}
        self._change(drill=drill.model_copy(update={**parts, self.picks.value: staff_id}))
        self.picks = None

    def listed(self, advisor_id: UUID) -> Collection[UUID]:
        """Who is on that advisor's next list, as far as it is known."""
        plan = self.plans.get(advisor_id)
        return frozenset(plan.customer_ids) if plan is not None else frozenset()

    def take_plan(self, plan: Plan, accepted: Collection[UUID] = (), dropped: Collection[UUID] = ()) -> None:
        """A list as the bank has it now; those `accepted` into it here, or `dropped` again, are of this meeting."""
        self.plans = {**self.plans, plan.advisor_id: plan}
        if not accepted and not dropped:
            return
        kept = [
            each
            for each in self.draft.accepted
            if each.advisor_id != plan.advisor_id or each.customer_id not in {*accepted, *dropped}
        ]
        taken = [AcceptedTarget(advisor_id=plan.advisor_id, customer_id=each) for each in accepted]
        self._change(accepted=[*kept, *taken])

    def toggle_absent(self, staff_id: UUID) -> None:
        """Somebody is not there, or is."""
        absent = self.draft.absent
        self._change(
            absent=[each for each in absent if each != staff_id] if staff_id in absent else [*absent, staff_id]
        )

    def _change(self, **fields: object) -> None:
        self.draft = self.draft.model_copy(update=fields)
