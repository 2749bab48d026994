"""An advisor's reviews: a quiet line on the day and in the evening, the list, and one review with its answer."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed, use_state
from app_client.i18n import t, t_date, t_day_from, t_n
from app_client.reviews.actions import finish_drill, mark_seen, reply_to
from app_client.reviews.parts import comment_parts, score_parts
from app_client.reviews.queries import OwnReview, in_bank_zone, own_reviews
from app_client.reviews.words import drill_due_words, kind_words
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_store_version, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    body,
    card,
    detail_pane,
    empty_state,
    line_row,
    note,
    primary_button,
    quiet_button,
    section_header,
    text_field,
    title,
    use_wide,
)
from shared_models.errors import DomainError

_MOST_REPLY = 1000


def _stay() -> None:
    pass


def review_line(session: AppSession, *, beneath: str, quiet: bool, leave: Tap = _stay) -> list[ft.Control]:
    """The way to one's reviews from `beneath`: what is new, or due; with `quiet` also where nothing is, but there are any.

    `leave`: called before it leads away.
    """
    found = own_reviews(session)
    unread = [each for each in found if each.is_unread]
    due = [each for each in found if each.drills]
    if not found or not (quiet or unread or due):
        return []
    words = t_n("主管点评了 {n} 次通话或面访", len(unread)) if unread else t("我的点评")

    def open_them() -> None:
        leave()
        go(f"{beneath}/reviews")

    return [
        line_row(
            words,
            detail=_due_words(session, due),
            icon=ft.Icons.RATE_REVIEW_OUTLINED,
            on_click=open_them,
            identifier="own-reviews",
        )
    ]


def _due_words(session: AppSession, due: list[OwnReview]) -> str:
    drills = sorted((each.review.drill for each in due if each.review.drill), key=lambda drill: drill.due_on)
    if not drills:
        return ""
    day = t_day_from(drills[0].due_on, today=session.today())
    return t("演练：{what}，{day}前完成", what=drills[0].what, day=day)


@component
def OwnReviewsScreen() -> ft.View:
    """All reviews of the signed-in advisor; on a wide screen with the chosen one beside them."""
    session = use_session()
    use_store_version(session)
    wide = use_wide()
    chosen, choose = use_state(_nothing)
    path = use_address("none").path or ft.use_view_path() or "/today/reviews"
    found = own_reviews(session)
    shown = next((each for each in found if each.review.id == chosen), found[0] if found else None)

    def open_review(review_id: UUID) -> Tap:
        return lambda: choose(review_id) if wide else go(f"{path}/{review_id}")

    rows: list[ft.Control] = [
        _row(session, each, Place.of(index, len(found)), open_review(each.review.id))
        for index, each in enumerate(found)
    ]
    nothing = empty_state(
        t("还没有点评"), t("主管点评了你的电话或面访，会出现在这里。"), icon=ft.Icons.RATE_REVIEW_OUTLINED
    )
    pane = detail_pane([_review(session, shown)]) if shown is not None else ft.Container()
    return shell_view(
        route=path,
        heading=t("我的点评"),
        subtitle=t_n("{n} 条", len(found)),
        content=rows or [nothing],
        detail=pane if wide else None,
        on_back=lambda: go(_above(path)),
    )


@component
def OwnReviewScreen() -> ft.View:
    """One review on a page of its own."""
    session = use_session()
    use_store_version(session)
    address = use_address("review_id")
    shown = next((each for each in own_reviews(session) if each.review.id == address.id), None)
    path = address.path or "/today/reviews/none"
    return shell_view(
        route=path,
        heading=t("点评"),
        content=[_review(session, shown)]
        if shown is not None
        else [empty_state(t("没有这条点评"), icon=ft.Icons.RATE_REVIEW_OUTLINED)],
        on_back=lambda: go(_above(path)),
    )


def _nothing() -> UUID | None:
    return None


def _above(path: str) -> str:
    return path.rpartition("/")[0] or "/today"


def _reviewed_on(session: AppSession, own: OwnReview) -> str:
    return t_date(in_bank_zone(session, own.review.reviewed_at).date())


def _about(own: OwnReview) -> str:
    who = own.customer or t("已转出的客户")
    return f"{who} · {kind_words(own.review.kind, own.review.business_day)}"


def _row(session: AppSession, own: OwnReview, place: Place, open_review: Tap) -> ft.Control:
    state = t("未读") if own.is_unread else t("待演练") if own.drills else t("已回复") if own.replies else ""
    kind = kind_words(own.review.kind, own.review.business_day)
    reviewed = t("{name} 点评于 {day}", name=own.review.reviewer_name, day=_reviewed_on(session, own))
    return line_row(
        own.customer or t("已转出的客户"),
        detail=f"{kind}\n{reviewed}",
        trailing=state,
        on_click=open_review,
        place=place,
        identifier=f"review-{own.review.id}",
    )


@observable
class _Answer:
    """What the advisor is writing, and what went wrong with it."""

    def __init__(self) -> None:
        self.text = ""
        self.drill_note = ""
        self.trouble = ""


def _review(session: AppSession, own: OwnReview) -> ft.Control:
    return keyed(f"own-{own.review.id}", OwnReviewParts, session=session, own=own)


@component
def OwnReviewParts(*, session: AppSession, own: OwnReview) -> ft.Control:
    """A review as its advisor reads it: scores, comments, the drill, and the answer."""
    review = own.review
    answer = use_observed(use_unfinished(f"reply {review.id}", _Answer))

    async def see() -> None:
        if own.is_unread:
            await mark_seen(session, review.id)

    ft.use_effect(see, [review.id, review.version])
    drills = [
        section_header(t("演练")),
        *_drill(session, own, answer),
    ]
    parts: list[ft.Control] = [
        title(_about(own)),
        note(t("{name} 点评于 {day}", name=review.reviewer_name, day=_reviewed_on(session, own))),
        section_header(t("评分"), t("5 分最好")),
        card(score_parts(review.scores), spacing=10),
        *comment_parts(review.comments),
        *(drills if review.drill is not None else []),
        *_replies(session, own, answer),
    ]
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _drill(session: AppSession, own: OwnReview, answer: _Answer) -> list[ft.Control]:
    drill = own.review.drill
    if drill is None:
        return []
    if own.done is not None:
        words = t("演练已完成，等待同步") if own.done.is_waiting else t("演练已完成")
        said = [note(own.done.text)] if own.done.text else []
        return [card([body(drill.what), *said, note(words, color=Role.OK, bold=True)])]

    async def finish() -> None:
        page = ft.context.page
        await _try(answer, lambda: finish_drill(session, own.review.id, answer.drill_note))
        if not answer.trouble:
            announce(page, t("演练完成，已记下"))

    done = quiet_button(
        t("演练完成"), on_click=finish, icon=ft.Icons.CHECK, identifier="drill-done", tone=Tone.OK, filled=True
    )
    said = text_field(
        t("练得怎么样（可以不写）"),
        value=answer.drill_note,
        on_change=lambda text: setattr(answer, "drill_note", text),
        identifier="drill-note",
        max_length=_MOST_REPLY,
    )
    asked = ft.Column([body(drill.what), note(drill_due_words(drill))], spacing=4, tight=True)
    return [card([asked, said, ft.Row([done])], spacing=12)]


def _replies(session: AppSession, own: OwnReview, answer: _Answer) -> list[ft.Control]:
    async def send() -> None:
        page = ft.context.page
        await _try(answer, lambda: reply_to(session, own.review.id, answer.text))
        if not answer.trouble:
            answer.text = ""
            announce(page, t("已回复"))

    parts: list[ft.Control] = [section_header(t("我的回复"))]
    for each in own.replies:
        waiting = [note(t("等待同步"), color=Role.WARN)] if each.is_waiting else []
        parts.append(ft.Container(card([body(each.text), *waiting]), padding=ft.Padding(bottom=8)))
    parts += [banner(answer.trouble, tone=Tone.BAD)] if answer.trouble else []
    parts.append(
        text_field(
            t("说说你的想法"),
            value=answer.text,
            on_change=lambda text: setattr(answer, "text", text),
            identifier="reply",
            multiline=True,
            max_length=_MOST_REPLY,
        )
    )
    parts += [
        ft.Container(height=8),
        primary_button(t("回复"), on_click=send if answer.text.strip() else None, identifier="send-reply"),
    ]
    return parts


async def _try(answer: _Answer, act: Callable[[], Awaitable[None]]) -> None:
    answer.trouble = ""
    try:
        await act()
    except DomainError as error:
        answer.trouble = error_words(error)
