"""What a seed draws: the same for everybody, of the size wished, by advisor, evidence and hints."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_models.evidence import Grade
from shared_models.samples import Drawable, digest_of_frame, draw

ADVISORS = [UUID(int=number) for number in range(1, 6)]
SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)
FRAMES = st.lists(
    st.builds(
        Drawable,
        activity_id=st.uuids(),
        advisor_id=st.sampled_from(ADVISORS),
        grade=st.sampled_from(Grade),
        hints=st.integers(0, 9),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda each: each.activity_id,
)


def seed(number: int) -> str:
    return f"{number:064x}"


def entry(number: int, *, advisor: int = 0, grade: Grade = Grade.C, hints: int = 0) -> Drawable:
    return Drawable(activity_id=UUID(int=1000 + number), advisor_id=ADVISORS[advisor], grade=grade, hints=hints)


@given(FRAMES, SEEDS, st.integers(1, 80), st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order(frame, chosen, size, chance) -> None:
    shuffled = chance.sample(frame, len(frame))
    assert draw(shuffled, size=size, seed=chosen) == draw(frame, size=size, seed=chosen)
    assert digest_of_frame(shuffled) == digest_of_frame(frame)


@given(FRAMES, SEEDS, st.integers(1, 80))
def test_a_sample_has_the_size_wished_or_all_there_is_each_once(frame, chosen, size) -> None:
    drawn = draw(frame, size=size, seed=chosen)
    assert len(set(drawn)) == len(drawn) == min(size, len(frame))
    assert set(drawn) <= {each.activity_id for each in frame}


@given(FRAMES, SEEDS, st.integers(1, 80))
def test_every_advisor_is_drawn_where_there_are_places_for_all_and_each_gets_their_share(frame, chosen, size) -> None:
    advisor_of = {each.activity_id: each.advisor_id for each in frame}
    drawn = Counter(advisor_of[each] for each in draw(frame, size=size, seed=chosen))
    room = Counter(advisor_of.values())
    places, least = min(size, len(frame)), int(min(size, len(frame)) >= len(room))
    for advisor, count in room.items():
        share = (places - least * len(room)) * (count - least) / max(len(frame) - least * len(room), 1)
        assert abs(drawn[advisor] - least - share) < 1


def test_no_grade_is_safe_even_where_there_is_one_place_an_advisor() -> None:
    frame = [*(entry(n) for n in range(18)), *(entry(100 + n, grade=Grade.D) for n in range(2))]
    rare = {each.activity_id for each in frame if each.grade is Grade.D}
    drawn = sum(draw(frame, size=1, seed=seed(number))[0] in rare for number in range(400))
    assert 20 <= drawn <= 60  # a tenth


def test_hints_weigh_and_no_more_than_five_times() -> None:
    frame = [entry(0, hints=4), entry(1), entry(2, hints=400), entry(3)]
    drawn = Counter(draw(frame, size=1, seed=seed(number))[0] for number in range(600))
    few, many = drawn[UUID(int=1001)] + drawn[UUID(int=1003)], drawn[UUID(int=1000)] + drawn[UUID(int=1002)]
    assert 3.5 <= many / few <= 7


def test_an_activity_more_or_another_hint_is_another_frame() -> None:
    frame = [entry(0), entry(1)]
    others = [[entry(0)], [entry(0), entry(1, hints=1)], [entry(0), entry(1, grade=Grade.D)]]
    assert digest_of_frame(frame) not in {digest_of_frame(each) for each in others}
