"""Two heads' changes of one list become one, and nothing of either is lost."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_models.morning import merged, merged_note

PEOPLE = [UUID(int=number) for number in range(1, 9)]
A, B, C, D, E, *_ = PEOPLE
lists = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=8)


@given(base=lists, mine=lists, theirs=lists)
def test_whom_either_took_in_is_in_and_whom_either_took_out_is_out(
    base: list[UUID], mine: list[UUID], theirs: list[UUID]
) -> None:
    found = merged(base, mine=mine, theirs=theirs)
    assert len(found) == len(set(found))
    added = (set(mine) | set(theirs)) - set(base)
    assert set(found) == added | (set(base) & set(mine) & set(theirs))
    assert merged(base, mine=base, theirs=theirs) == theirs
    assert merged(base, mine=mine, theirs=base) == mine


def test_an_order_that_was_changed_outlives_the_others_addition() -> None:
    assert merged([A, B, C], mine=[C, A, B], theirs=[A, D, B, C]) == [C, A, D, B]
    assert merged([A, B, C], mine=[A, B, E, C], theirs=[C, B, A]) == [C, B, E, A]
    assert merged([A, B], mine=[E, A, B], theirs=[B]) == [E, B]


def test_of_two_words_both_are_said() -> None:
    assert merged_note("a", mine="a", theirs="b") == "b"
    assert merged_note("a", mine="b", theirs="a") == "b"
    assert merged_note(None, mine="先打到期的", theirs="上午打完") == "上午打完 先打到期的"
    assert merged_note("a", mine=None, theirs="a") is None
    assert merged_note("a", mine=None, theirs="b") == "b"
