"""The list of wordings while it is being changed: what was taken up, what it has become, and the sentence that is tried on it."""

from dataclasses import dataclass
from enum import Enum

from pydantic import ValidationError

from app_client.flet_typed import observable
from shared_models.wordings import (
    Context,
    Duty,
    Effect,
    Exemption,
    Severity,
    Side,
    Thresholds,
    WordingList,
    Wordings,
    WordRule,
)


class Words(Enum):
    """The lists of words that a person adds to and takes from, by the field they are kept in."""

    WORDS = "words"
    COMPOUNDS = "compounds"
    PHRASES = "phrases"
    WHEN = "when"


@dataclass(frozen=True, slots=True)
class Opened:
    """What of the list is open: a rule or a duty by its code, or the phrases of one effect."""

    code: str = ""
    effect: Effect | None = None
    side: Side = Side.BEFORE


@observable
class WordingForm:
    """A draft of the next version, which outlives the lock."""

    def __init__(self) -> None:
        self.taken: WordingList | None = None
        self.draft = Wordings(rules=())
        self.opened: Opened | None = None
        self.sentence = ""
        self.typed: dict[str, str] = {}
        self.side = Side.BEFORE
        self.within: int | None = 12
        self.trouble = ""
        self.is_busy = False

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to save."""
        return self.taken is not None and self.draft != self.taken.wordings

    def take(self, current: WordingList) -> None:
        """Begin with this version."""
        self.taken, self.draft, self.trouble = current, current.wordings, ""

    def open(self, opened: Opened | None) -> None:
        """Open something of the list, or close it."""
        self.opened, self.typed, self.trouble = opened, {}, ""

    def rule(self, code: str) -> WordRule | Duty | None:
        """The rule or duty of that code."""
        return next((each for each in (*self.draft.rules, *self.draft.duties) if each.code == code), None)

    def write(self, where: str, text: str) -> None:
        """What stands in one of the fields."""
        self.typed = {**self.typed, where: text}

    def add_words(self, rule: WordRule | Duty, words: Words) -> bool:
        """Add what is written, several words at once where marks or blanks are between them; says whether it could be."""
        before: tuple[str, ...] = getattr(rule, words.value)
        added = _separate(self.typed.get(words.value, ""))
        return bool(added) and self._replace(rule, words.value, tuple(dict.fromkeys((*before, *added))))

    def drop_word(self, rule: WordRule | Duty, words: Words, word: str) -> bool:
        """Take a word out; says whether it could be: a rule has at least one."""
        before: tuple[str, ...] = getattr(rule, words.value)
        return self._replace(rule, words.value, tuple(each for each in before if each != word))

    def add_exemption(self, rule: WordRule) -> bool:
        """Add the exception that is written."""
        phrase = self.typed.get("exemption", "").strip()
        if not phrase:
            return False
        made = Exemption.model_construct(phrase=phrase, side=self.side, within=self.within)
        return self._replace(rule, "exemptions", tuple(dict.fromkeys((*rule.exemptions, made))))

    def drop_exemption(self, rule: WordRule, exemption: Exemption) -> None:
        """Take an exception out."""
        self._replace(rule, "exemptions", tuple(each for each in rule.exemptions if each != exemption))

    def weigh(self, rule: WordRule | Duty, severity: Severity) -> None:
        """Say how much it matters."""
        self._replace(rule, "severity", severity)

    def add_context(self, opened: Opened) -> bool:
        """Add the phrases that are written to those of one effect."""
        added = _separate(self.typed.get("context", ""))
        if not added or opened.effect is None:
            return False
        known = {(each.phrase, each.side) for each in self.draft.contexts}
        made = [
            Context.model_construct(phrase=phrase, side=opened.side, effect=opened.effect)
            for phrase in added
            if (phrase, opened.side) not in known
        ]
        return self._put({"contexts": (*self.draft.contexts, *made)}, "context")

    def drop_context(self, context: Context) -> None:
        """Take a phrase out."""
        self._put({"contexts": tuple(each for each in self.draft.contexts if each != context)}, "context")

    def measure(self, **limits: float | None) -> None:
        """Change what is measured in a call."""
        self._put({"thresholds": Thresholds.model_validate({**self.draft.thresholds.model_dump(), **limits})}, "")

    def _replace(self, rule: WordRule | Duty, field: str, value: object) -> bool:
        changed = rule.model_copy(update={field: value})
        return self._put(
            {
                "rules": tuple(changed if each.code == rule.code else each for each in self.draft.rules),
                "duties": tuple(changed if each.code == rule.code else each for each in self.draft.duties),
            },
            field.removesuffix("s") if field == "exemptions" else field,
        )

    def _put(self, update: dict[str, object], where: str) -> bool:
        try:
            # As values: models are taken as they are, and what a person wrote has to be looked at.
            self.draft = Wordings.model_validate(self.draft.model_copy(update=update).model_dump())
        except ValidationError:
            return False
        self.typed = {each: text for each, text in self.typed.items() if each != where}
        return True


def _separate(text: str) -> list[str]:
    for mark in "、，,；;/\n\t":  # not shown: what people put between words
        text = text.replace(mark, " ")
    return text.split()
