"""How far a case may come and by whom: the table of steps, and an advisor's words in whatever order they arrive."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.cases import STEPS, Answer, CaseActor, CaseState, CaseStep, after_step, answered
from shared_models.errors import Conflict, Forbidden

HEAD, OFFICE = {CaseActor.HEAD}, {CaseActor.HEAD, CaseActor.HEAD_OFFICE}
BEGINNING = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(("state", "step"), list(product(CaseState, CaseStep)))
def test_no_step_but_those_of_the_table(state: CaseState, step: CaseStep):
    if (state, step) not in STEPS:
        with pytest.raises(Conflict):
            after_step(state, step, OFFICE)
        return
    following, actor = STEPS[state, step]
    assert after_step(state, step, OFFICE) is following
    if actor is CaseActor.HEAD_OFFICE:
        with pytest.raises(Forbidden):
            after_step(state, step, HEAD)


def test_only_a_consent_leads_to_approval_and_only_head_office_approves():
    leading = {(state, actor) for (state, _), (after, actor) in STEPS.items() if after is CaseState.APPROVED}
    assert leading == {(CaseState.CONSENTED, CaseActor.HEAD_OFFICE)}
    assert CaseState.CONSENTED not in {after for after, _ in STEPS.values()}


def test_every_edit_makes_a_draft_that_must_be_asked_about_anew():
    assert {after for (_, step), (after, _) in STEPS.items() if step is CaseStep.EDIT} == {CaseState.DRAFT}


def answer(minute: int, *, granted: bool, version: int = 2) -> Answer:
    return Answer(BEGINNING + timedelta(minutes=minute), UUID(int=minute), version, granted, with_name=False)


@pytest.mark.parametrize(
    ("state", "newest", "after"),
    [
        (CaseState.CONSENT_ASKED, answer(1, granted=True), CaseState.CONSENTED),
        (CaseState.CONSENT_ASKED, answer(1, granted=True, version=1), CaseState.CONSENT_ASKED),
        (CaseState.CONSENT_ASKED, answer(1, granted=False, version=1), CaseState.REFUSED),
        (CaseState.REFUSED, answer(1, granted=True), CaseState.CONSENTED),
        (CaseState.CONSENTED, answer(1, granted=False), CaseState.REFUSED),
        (CaseState.APPROVED, answer(1, granted=False), CaseState.WITHDRAWN),
        (CaseState.APPROVED, answer(1, granted=True), CaseState.APPROVED),
        (CaseState.DRAFT, answer(1, granted=True), CaseState.DRAFT),
        (CaseState.SENT_BACK, answer(1, granted=True), CaseState.SENT_BACK),
        (CaseState.WITHDRAWN, answer(1, granted=True), CaseState.WITHDRAWN),
    ],
)
def test_what_a_word_changes(state: CaseState, newest: Answer, after: CaseState):
    assert answered(state, 2, newest) is after


@given(
    words=st.lists(
        st.builds(answer, st.integers(0, 50), granted=st.booleans(), version=st.integers(1, 2)),
        min_size=1,
        max_size=6,
        unique_by=lambda each: each.order,
    ),
    order=st.randoms(use_true_random=False),
)
def test_words_count_by_when_they_were_said(words: list[Answer], order):
    def standing(arriving: list[Answer]) -> CaseState:
        state, newest = CaseState.CONSENT_ASKED, None
        for word in arriving:
            if newest is None or word.order > newest.order:
                newest = word
                state = answered(state, 2, word)
        return state

    shuffled = list(words)
    order.shuffle(shuffled)
    assert standing(shuffled) is standing(words)
