"""What the playbook shows: the shared cases, and the advisor's own with their last word about each."""

import sqlite3
from dataclasses import dataclass
from uuid import UUID

from app_client.session import AppSession
from app_client.store.materialize import activity_of_row
from shared_models.activity import ActivityKind
from shared_models.cases import CaseConsent, CaseDraft, CaseState, SharedCase


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case of the advisor's own work, and their last word about it, whether the bank has it yet or not."""

    draft: CaseDraft
    said: CaseConsent | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a word about this very version."""
        said = self.said is not None and (self.said.version == self.draft.version or not self.said.granted)
        return self.draft.state is CaseState.CONSENT_ASKED and not said

    @property
    def is_granted(self) -> bool:
        """Whether the last word was a yes to this version."""
        return self.said is not None and self.said.granted and self.said.version == self.draft.version


@dataclass(frozen=True, slots=True)
class Shelf:
    """All there is to read: the newest first; own ones first that wait for a word."""

    cases: tuple[SharedCase, ...]
    own: tuple[OwnCase, ...]


def shelf(session: AppSession) -> Shelf:
    """The whole playbook of this phone."""
    return session.store.read(lambda tx: Shelf(_cases(tx), _own(tx)))


def open_cases(session: AppSession) -> tuple[OwnCase, ...]:
    """The advisor's own cases that wait for a word."""
    return session.store.read(lambda tx: tuple(each for each in _own(tx) if each.is_open))


def found(cases: tuple[SharedCase, ...], *, words: str, topic: str | None) -> list[SharedCase]:
    """The cases of a topic, or all, in which every one of the words occurs."""
    wanted = words.casefold().split()
    return [
        case
        for case in cases
        if topic in (None, case.topic)
        and all(word in " ".join(text for _, text in case.texts()).casefold() for word in wanted)
    ]


def case_about(session: AppSession, topic: str) -> SharedCase | None:
    """The newest case of a topic, if there is one."""

    def read(tx: sqlite3.Connection) -> SharedCase | None:
        rows = tx.execute("SELECT doc FROM cases WHERE topic = ?", (topic,))
        return next(iter(_newest(rows)), None)

    return session.store.read(read)


def _cases(tx: sqlite3.Connection) -> tuple[SharedCase, ...]:
    return _newest(tx.execute("SELECT doc FROM cases"))


def _newest(rows: sqlite3.Cursor) -> tuple[SharedCase, ...]:
    cases = [SharedCase.model_validate_json(row["doc"]) for row in rows]
    return tuple(sorted(cases, key=lambda case: (case.published_on, case.id), reverse=True))


def _own(tx: sqlite3.Connection) -> tuple[OwnCase, ...]:
    drafts = [CaseDraft.model_validate_json(row["doc"]) for row in tx.execute("SELECT doc FROM case_drafts")]
    if not drafts:
        return ()
    words: dict[UUID, CaseConsent] = {}
    rows = tx.execute(
        "SELECT * FROM activities WHERE kind = ? AND state <> 'held' ORDER BY corrected_at, id",
        (ActivityKind.CASE_CONSENT,),
    )
    for row in rows:
        consent = activity_of_row(row).data
        if isinstance(consent, CaseConsent):
            words[consent.case_id] = consent
    own = [OwnCase(draft, words.get(draft.id)) for draft in drafts]
    return tuple(sorted(own, key=lambda each: (not each.is_open, each.draft.title)))
