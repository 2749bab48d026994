"""Cases (案例): what was said at one call or visit, told so that everybody can learn from it and nobody can be recognised.

A case is text alone: it has no recording and leads to none. What tells who somebody is, is identifiers.py's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared_models.errors import BadInput, Conflict, Forbidden
from shared_models.identifiers import Finding
from shared_models.org import StaffName
from shared_models.products import ProductCategory
from shared_models.text import NO_NUL, Code, Name, Note

MOST_TURNS = 40
_STRIPPED = StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=NO_NUL)
Paragraph = Annotated[str, _STRIPPED]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=NO_NUL)]
Version = Annotated[int, Field(ge=1, lt=2**31)]


class CaseChannel(StrEnum):
    """电访 or 面访."""

    CALL = "call"
    VISIT = "visit"


class CaseTopic(StrEnum):
    """The situations that the app offers beside the reasons of a refusal; the wire takes any code."""

    MATURITY = "maturity"
    IDLE_CASH = "idle_cash"
    FIRST_CONTACT = "first_contact"
    APPOINTMENT = "appointment"


class Speaker(StrEnum):
    """Who says it."""

    ADVISOR = "advisor"
    CUSTOMER = "customer"


class CaseTurn(BaseModel):
    """What one of the two says before the other does."""

    model_config = ConfigDict(frozen=True)

    speaker: Speaker
    text: Paragraph


class CaseText(BaseModel):
    """All that is shared of a case, and so all that is checked and consented to. `topic`: a refusal's reason or a CaseTopic."""

    model_config = ConfigDict(frozen=True)

    title: Title
    channel: CaseChannel
    topic: Code
    situation: Paragraph
    words: Annotated[tuple[CaseTurn, ...], Field(min_length=1, max_length=MOST_TURNS)]
    lesson: Paragraph
    product_category: ProductCategory | None = None

    def texts(self) -> list[tuple[str, str]]:
        """Every text of it with its place, for `findings`; the topic too, since a bank's own may be any word."""
        turns = [(f"words.{number}", turn.text) for number, turn in enumerate(self.words)]
        return [
            ("title", self.title),
            ("topic", self.topic),
            ("situation", self.situation),
            *turns,
            ("lesson", self.lesson),
        ]


class SharedCase(CaseText):
    """An approved case as every phone has it; `credit` is the advisor's name, if they want it there."""

    id: UUID
    credit: Name | None = None
    published_on: date


class CaseState(StrEnum):
    """How far a case has come."""

    DRAFT = "draft"
    CONSENT_ASKED = "consent_asked"
    CONSENTED = "consented"
    REFUSED = "refused"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


# What the advisor has been asked and may answer, or answer otherwise; their phone has the text meanwhile.
ANSWERABLE = frozenset({CaseState.CONSENT_ASKED, CaseState.CONSENTED, CaseState.REFUSED, CaseState.APPROVED})


class CaseDraft(CaseText):
    """A case as its advisor's own phone has it: exactly what would be shared, and how it stands."""

    id: UUID
    version: Version
    state: CaseState


class CaseConsent(BaseModel):
    """The data of a `case_consent`: an advisor's word about that very version of a case made of their own work.

    A yes is to that version alone, a no is to the case. `with_name`: the case may bear their name. It never counts.
    """

    model_config = ConfigDict(frozen=True)

    case_id: UUID
    version: Version
    granted: bool
    with_name: bool = False
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An advisor's word with the instant it was given at, by a right clock."""

    at: datetime
    id: UUID
    version: int
    granted: bool
    with_name: bool

    @property
    def order(self) -> tuple[datetime, UUID]:
        """The newer of two words counts, whichever arrives first."""
        return self.at, self.id


def answered(state: CaseState, version: int, newest: Answer) -> CaseState:
    """How a case at that version stands by its advisor's newest word, in whatever order their words arrived."""
    if state not in ANSWERABLE:
        return state
    if not newest.granted:
        return CaseState.WITHDRAWN if state is CaseState.APPROVED else CaseState.REFUSED
    if state is CaseState.APPROVED:
        return state
    return CaseState.CONSENTED if newest.version == version else CaseState.CONSENT_ASKED


class CaseStep(StrEnum):
    """What a head or head office does with a case."""

    EDIT = "edit"
    ASK = "ask"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"


class CaseActor(StrEnum):
    """In what right somebody acts; an administrator is both."""

    HEAD = "head"
    HEAD_OFFICE = "head_office"


_NOT_OUT = (
    CaseState.DRAFT,
    CaseState.CONSENT_ASKED,
    CaseState.CONSENTED,
    CaseState.REFUSED,
    CaseState.SENT_BACK,
)
# From which state a step leads where, and who may take it.
STEPS: dict[tuple[CaseState, CaseStep], tuple[CaseState, CaseActor]] = {
    **{(state, CaseStep.EDIT): (CaseState.DRAFT, CaseActor.HEAD) for state in _NOT_OUT},
    **{(state, CaseStep.WITHDRAW): (CaseState.WITHDRAWN, CaseActor.HEAD) for state in _NOT_OUT},
    (CaseState.DRAFT, CaseStep.ASK): (CaseState.CONSENT_ASKED, CaseActor.HEAD),
    (CaseState.REFUSED, CaseStep.ASK): (CaseState.CONSENT_ASKED, CaseActor.HEAD),
    (CaseState.CONSENTED, CaseStep.APPROVE): (CaseState.APPROVED, CaseActor.HEAD_OFFICE),
    (CaseState.CONSENTED, CaseStep.SEND_BACK): (CaseState.SENT_BACK, CaseActor.HEAD_OFFICE),
    (CaseState.APPROVED, CaseStep.WITHDRAW): (CaseState.WITHDRAWN, CaseActor.HEAD_OFFICE),
}
# A text that tells who somebody is may be mended or dropped, and nothing else.
CHECKED_STEPS = frozenset({CaseStep.ASK, CaseStep.APPROVE})


def after_step(state: CaseState, step: CaseStep, actors: Iterable[CaseActor]) -> CaseState:
    """The state that a step leads to; raises Conflict where there is no such step, Forbidden where it is another's."""
    if (state, step) not in STEPS:
        raise Conflict(f"A case that is {state.value} cannot take the step {step.value}.")
    following, actor = STEPS[state, step]
    if actor not in actors:
        raise Forbidden("This step is for head office.")
    return following


class TellsWhoItIs(BadInput):
    """The text tells who somebody is; `places` say where and what kind of thing it is, never the thing itself."""

    code = "tells_who_it_is"

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__(f"{len(found)} places tell who somebody is; take them out and try again.")
        self.places = [{"where": f"{each.where}:{each.start}-{each.end}", "why": each.kind.value} for each in found]


class CaseEdit(CaseText):
    """What a head writes: a new case of an activity or of what a review is of, or with `from_version` the next version of one."""

    activity_id: UUID | None = None
    review_id: UUID | None = None
    from_version: int = Field(default=0, ge=0, lt=2**31)

    def text(self) -> CaseText:
        """What of it is the case."""
        return CaseText.model_validate({name: getattr(self, name) for name in CaseText.model_fields})


class CaseMove(BaseModel):
    """A step with the version it is about; `remark` says why a case goes back."""

    version: Version
    remark: Note | None = None


class CaseAnswer(BaseModel):
    """The advisor's newest word, as a head reads it."""

    version: int
    granted: bool
    with_name: bool
    note: str | None = None
    at: AwareDatetime


class CaseVersion(BaseModel):
    """One version of the text, and who wrote it."""

    version: int
    text: CaseText
    written_by: StaffName
    written_at: AwareDatetime


class TeamCase(BaseModel):
    """A case as heads and head office see it. Whose customer and which activity it was stays with the server.

    `day`: the business day of the work it is of. `may`: the steps the caller can take now. `findings` by the customer's data
    now. `versions`: the oldest first; only with one case alone.
    """

    id: UUID
    state: CaseState
    version: int
    text: CaseText
    advisor: StaffName
    proposed_by: StaffName
    day: date
    updated_at: AwareDatetime
    findings: list[Finding]
    may: list[CaseStep]
    answer: CaseAnswer | None = None
    remark: str | None = None
    published_on: date | None = None
    versions: list[CaseVersion] = Field(default_factory=list[CaseVersion])


class TeamCases(BaseModel):
    """The cases of the caller's scope, the latest first."""

    cases: list[TeamCase]


class Playbook(BaseModel):
    """What everybody may read, the latest first."""

    cases: list[SharedCase]
