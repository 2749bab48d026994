"""What a scorecard holds between taps; it asks and writes nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from app_client.flet_typed import observable
from app_client.reviews.words import moment_of
from shared_models.reviews import Comment, Drill, Item, ReviewEdit, Scores, TeamReview

DRILL_DAYS = (1, 3, 7)


@observable
class Scorecard:
    """A review in the making, new under `review_id`, or an edit of the one with that id."""

    def __init__(self, review_id: UUID, before: TeamReview | None) -> None:
        self.review_id = before.review.id if before is not None else review_id
        self.is_edit = before is not None
        self.scores: Mapping[Item, int | None] = {}
        self.comments: tuple[Comment, ...] = ()
        self.drill_what = ""
        self.drill_due: date | None = None
        self.sample_id: UUID | None = None
        # The comment that is being typed, and its moment.
        self.moment = ""
        self.text = ""
        self.is_busy = False
        self.trouble = ""
        if before is not None:
            review = before.review
            self.scores = {item: review.scores.of(item) for item in Item}
            self.comments = tuple(review.comments)
            self.sample_id = before.sample_id
            if review.drill is not None:
                self.drill_what, self.drill_due = review.drill.what, review.drill.due_on

    def give(self, item: Item, score: int | None) -> None:
        """Score an item; the same again takes it back."""
        self.scores = {**self.scores, item: None if self.scores.get(item) == score else score}

    @property
    def has_moment(self) -> bool:
        """Whether the moment that was typed is one, or none was."""
        return not self.moment.strip() or moment_of(self.moment) is not None

    def add_comment(self) -> bool:
        """Put what is typed among the comments; False when its moment is none. Nothing typed is nothing to add."""
        if not self.has_moment:
            return False
        if self.text.strip():
            at = moment_of(self.moment) if self.moment.strip() else None
            self.comments = (*self.comments, Comment(at_seconds=at, text=self.text))
            self.moment = self.text = ""
        return True

    def drop_comment(self, index: int) -> None:
        """Take one comment out."""
        self.comments = (*self.comments[:index], *self.comments[index + 1 :])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it to send."""
        return not self.comments and not self.text.strip() and not any(self.scores.values())

    def edit(self, activity_id: UUID, *, sample_id: UUID | None, today: date) -> ReviewEdit:
        """What goes to the server; a drill without a day is due in three days."""
        what = self.drill_what.strip()
        due_on = self.drill_due or today + timedelta(days=DRILL_DAYS[1])
        return ReviewEdit(
            activity_id=activity_id,
            sample_id=self.sample_id or sample_id,
            scores=Scores(**{item.value: score for item, score in self.scores.items()}),
            comments=list(self.comments),
            drill=Drill(what=what, due_on=due_on) if what else None,
        )
