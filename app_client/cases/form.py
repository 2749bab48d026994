"""What the page of a case to be written holds between taps, and what in it tells who somebody is; it asks and sends nothing."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from app_client.flet_typed import observable
from shared_models.cases import CaseChannel, CaseEdit, CaseTurn, Speaker, TeamCase
from shared_models.identifiers import Finding, Identifiers, findings
from shared_models.products import ProductCategory


@dataclass(frozen=True, slots=True)
class Line:
    """A turn being written; `key` is its own as long as the page is there."""

    key: int
    speaker: Speaker
    text: str = ""


@observable
class CaseForm:
    """A case of an activity (`activity_id`), or the next version of one that is there. `who` is as much as this device knows,
    `opened_from` the address that back returns to.
    """

    def __init__(self, case_id: UUID, *, who: Identifiers, activity_id: UUID | None = None) -> None:
        self.case_id = case_id
        self.activity_id = activity_id
        self.review_id: UUID | None = None
        self.who = who
        self.opened_from = "/cases"
        self.from_version = 0
        self.title = ""
        self.channel = CaseChannel.CALL
        self.topic = ""
        self.situation = ""
        self.lines: tuple[Line, ...] = (Line(0, Speaker.CUSTOMER), Line(1, Speaker.ADVISOR))
        self.lesson = ""
        self.category: ProductCategory | None = None
        self.is_busy = False
        self.trouble = ""

    @classmethod
    def of(cls, case: TeamCase) -> "CaseForm":
        """The next version of a case."""
        form = cls(case.id, who=Identifiers(advisor_name=case.advisor.name))
        text = case.text
        form.from_version = case.version
        form.title, form.channel, form.topic = text.title, text.channel, text.topic
        form.situation, form.lesson, form.category = text.situation, text.lesson, text.product_category
        form.lines = tuple(Line(number, turn.speaker, turn.text) for number, turn in enumerate(text.words))
        return form

    def say(self, key: int, text: str) -> None:
        """Write a turn."""
        self.lines = tuple(Line(key, line.speaker, text) if line.key == key else line for line in self.lines)

    def add_line(self, speaker: Speaker) -> None:
        """Let one of the two speak next."""
        key = max((line.key for line in self.lines), default=-1) + 1
        self.lines = (*self.lines, Line(key, speaker))

    def drop_line(self, key: int) -> None:
        """Take a turn out."""
        self.lines = tuple(line for line in self.lines if line.key != key)

    def spoken(self) -> list[Line]:
        """The turns with something in them."""
        return [line for line in self.lines if line.text.strip()]

    def findings(self) -> list[Finding]:
        """What tells who somebody is, as far as this device can know; the server looks again with all it knows."""
        turns = [(f"words.{number}", line.text) for number, line in enumerate(self.spoken())]
        texts = [("title", self.title), ("situation", self.situation), *turns, ("lesson", self.lesson)]
        return findings(texts, self.who)

    def excerpt(self, found: Finding) -> str:
        """The thing itself, in its own words."""
        name, _, number = found.where.partition(".")
        text = self.spoken()[int(number)].text if name == "words" else str(getattr(self, name, ""))
        return text[found.start : found.end]

    def edit(self) -> CaseEdit | None:
        """What is to be sent; None while something is missing."""
        try:
            return CaseEdit(
                activity_id=self.activity_id,
                review_id=self.review_id,
                from_version=self.from_version,
                title=self.title,
                channel=self.channel,
                topic=self.topic,
                situation=self.situation,
                words=tuple(CaseTurn(speaker=line.speaker, text=line.text) for line in self.spoken()),
                lesson=self.lesson,
                product_category=self.category,
            )
        except ValidationError:
            return None
