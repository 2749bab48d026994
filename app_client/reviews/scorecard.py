"""The scorecard of one call or visit: what was recorded, what has been said of it, and five rows of large taps."""

from datetime import timedelta
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.answers import use_answer
from app_client.cases.entry import propose_review
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, use_observed
from app_client.i18n import t, t_date, t_n, t_time
from app_client.reviews.actions import fetch_subject, new_id, write_review
from app_client.reviews.form import DRILL_DAYS, Scorecard
from app_client.reviews.parts import comment_parts, score_parts
from app_client.reviews.queries import editable_of, in_bank_zone, subject_key
from app_client.reviews.words import comment_words, drill_words, item_word, score_word, score_words
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.team.listening import deleted_note, listen_button
from app_client.team.words import activity_words, evidence_notes, grade_words
from app_client.theme import NOTE, Role
from app_client.widgets import (
    Tap,
    Tone,
    badge,
    banner,
    body,
    card,
    chips,
    icon_button,
    note,
    primary_button,
    quiet_button,
    section_header,
    tappable,
    text_field,
    title,
)
from shared_models.errors import DomainError
from shared_models.reviews import Item, TeamReview
from shared_models.samples import ReviewSubject
from shared_models.team import TeamActivity

_SCORES = (1, 2, 3, 4, 5)
_MOST_COMMENT = 500
_MOST_DRILL = 300


@component
def SubjectScreen() -> ft.View:
    """One call or visit, opened from the list behind a figure."""
    session = use_session()
    address = use_address("activity_id")
    content: list[ft.Control] = []
    if address.id is not None:
        content = [
            keyed(
                f"subject-{address.id}",
                SubjectParts,
                session=session,
                activity_id=address.id,
                sample_id=None,
                on_done=lambda: go("/team"),
            )
        ]
    return shell_view(
        route=address.path or "/team/activities/none",
        heading=t("点评"),
        content=content,
        on_back=lambda: go("/team"),
    )


@component
def SubjectParts(*, session: AppSession, activity_id: UUID, sample_id: UUID | None, on_done: Tap) -> ft.Control:
    """The call or visit, its reviews, and the form for the signed-in head's own."""
    answer = use_answer(session, subject_key(activity_id), ReviewSubject, lambda: fetch_subject(session, activity_id))
    subject = answer.found
    if subject is None:
        return answer.missing()
    own = editable_of(subject, session.staff.id)
    others = [each for each in subject.reviews if own is None or each.review.id != own.review.id]
    version = own.review.version if own is not None else 0
    parts: list[ft.Control] = [
        *answer.warning(),
        *_activity(session, subject.activity),
        *[part for each in others for part in (*_review(session, each), *propose_review(each, subject.activity))],
        *(propose_review(own, subject.activity) if own is not None else []),
        keyed(
            # A version more is another form: it begins with what was sent.
            f"scorecard-{activity_id}-{len(subject.reviews)}-{version}",
            ScorecardForm,
            session=session,
            activity_id=activity_id,
            sample_id=sample_id,
            own=own,
            on_done=on_done,
        ),
    ]
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _activity(session: AppSession, activity: TeamActivity) -> list[ft.Control]:
    what, rest = activity_words(activity)
    at = in_bank_zone(session, activity.occurred_at)
    why, finding = evidence_notes(activity)
    marks = [badge(grade_words(activity), Tone.OK if activity.grade == "A" else Tone.PLAIN)] if activity.grade else []
    return [
        ft.Row(
            [title(activity.customer_name or t("客户不在本机构")), *marks],
            spacing=8,
            run_spacing=4,
            wrap=True,
        ),
        note(f"{activity.advisor.name} · {t_date(at.date())} {t_time(at)} · {what}"),
        *([body(rest)] if rest else []),
        *([note(why, color=Role.WARN)] if why else []),
        *([note(finding, color=Role.BAD)] if finding else []),
        *deleted_note(activity),
        *listen_button(activity),
    ]


def _review(session: AppSession, seen: TeamReview) -> list[ft.Control]:
    """A review that stands: of another head, or answered."""
    review = seen.review
    parts: list[ft.Control] = [
        section_header(
            t("{name} 的点评", name=review.reviewer_name),
            t_date(in_bank_zone(session, review.reviewed_at).date()),
            quiet=True,
        ),
        card(score_parts(review.scores), spacing=10),
        *comment_parts(review.comments),
    ]
    if review.drill is not None:
        done = t("已演练") if seen.drill_done_at is not None else t("还没演练")
        color = Role.OK if seen.drill_done_at is not None else Role.WARN
        parts += [ft.Container(height=8), card([body(drill_words(review.drill)), note(done, color=color, bold=True)])]
    for reply in seen.replies:
        words = t("{name} 回复：{text}", name=seen.advisor.name, text=reply.text)
        parts += [ft.Container(height=8), card([body(words)])]
    return parts


@component
def ScorecardForm(
    *, session: AppSession, activity_id: UUID, sample_id: UUID | None, own: TeamReview | None, on_done: Tap
) -> ft.Control:
    """Five rows of taps, a comment at a moment, a drill, and one button."""
    form = use_observed(use_unfinished(f"scorecard {activity_id}", lambda: Scorecard(new_id(session), own)))
    today = session.today()

    async def send() -> None:
        page = ft.context.page
        if not form.add_comment():
            form.trouble = t("时间写成 分:秒，例如 1:02。")
            return
        form.trouble, form.is_busy = "", True
        try:
            await write_review(session, form.review_id, form.edit(activity_id, sample_id=sample_id, today=today))
        except DomainError as error:
            form.trouble, form.is_busy = error_words(error), False
            return
        form.is_busy = False
        announce(page, t("点评已发出，客户经理同步后就能看到"), lifted=1)
        on_done()

    parts: list[ft.Control] = [
        section_header(t("修改我的点评") if form.is_edit else t("写点评"), t("1 要改 … 5 范例")),
        card([_row(form, item) for item in Item], spacing=14),
        section_header(t("评语")),
        *_comments(form),
        section_header(t("再演练一次"), t("可不填"), quiet=True),
        text_field(
            t("演练什么"),
            value=form.drill_what,
            on_change=lambda text: setattr(form, "drill_what", text),
            identifier="drill-what",
            max_length=_MOST_DRILL,
        ),
        *(_due(form, session) if form.drill_what.strip() else []),
        ft.Container(height=16),
        *([banner(form.trouble, tone=Tone.BAD), ft.Container(height=8)] if form.trouble else []),
        primary_button(
            t("保存修改") if form.is_edit else t("发出点评"),
            on_click=None if form.is_empty else send,
            identifier="send-review",
            busy=form.is_busy,
        ),
    ]
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _row(form: Scorecard, item: Item) -> ft.Control:
    given = form.scores.get(item)
    return ft.Column(
        [
            ft.Row(
                [
                    ft.Container(body(item_word(item), bold=True), expand=True),
                    note(score_words(given), color=Role.MUTE if given is None else Role.BRAND, bold=given is not None),
                ],
                spacing=8,
            ),
            ft.Row([_tap(form, item, score) for score in _SCORES], spacing=8),
        ],
        spacing=6,
        tight=True,
    )


def _tap(form: Scorecard, item: Item, score: int) -> ft.Control:
    is_given = form.scores.get(item) == score
    return tappable(
        ft.Text(
            str(score),
            size=NOTE,
            weight=ft.FontWeight.BOLD if is_given else None,
            color=Role.ON_BRAND if is_given else Role.INK,
            text_align=ft.TextAlign.CENTER,
        ),
        label=f"{item_word(item)} {t_n('{n} 分', score)} {score_word(score)}",
        on_click=lambda: form.give(item, score),
        identifier=f"score-{item.value}-{score}",
        selected=is_given,
        bgcolor=Role.BRAND if is_given else Role.FILL,
        radius=12,
        padding=ft.Padding.symmetric(vertical=15),
        alignment=ft.Alignment.CENTER,
        expand=1,
    )


def _comments(form: Scorecard) -> list[ft.Control]:
    parts: list[ft.Control] = []
    for index, each in enumerate(form.comments):
        row = ft.Row(
            [
                ft.Container(body(comment_words(each)), expand=True),
                icon_button(
                    ft.Icons.CLOSE,
                    label=t("删掉这条评语"),
                    on_click=_drop(form, index),
                    identifier=f"drop-comment-{index}",
                    color=Role.MUTE,
                ),
            ]
        )
        parts += [card([row]), ft.Container(height=8)]
    parts += [
        text_field(
            t("评语"),
            value=form.text,
            on_change=lambda text: setattr(form, "text", text),
            identifier="comment",
            multiline=True,
            max_length=_MOST_COMMENT,
        ),
        ft.Container(height=8),
        ft.Row(
            [
                ft.Container(
                    text_field(
                        t("录音里的时间（可不填）"),
                        value=form.moment,
                        on_change=lambda text: setattr(form, "moment", text),
                        identifier="moment",
                        hint="1:02",
                        error="" if form.has_moment else t("分:秒"),
                        keyboard=ft.KeyboardType.DATETIME,
                    ),
                    expand=True,
                ),
                quiet_button(
                    t("再加一条"),
                    on_click=form.add_comment if form.text.strip() and form.has_moment else None,
                    icon=ft.Icons.ADD,
                    identifier="add-comment",
                ),
            ],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
    ]
    return parts


def _drop(form: Scorecard, index: int) -> Tap:
    return lambda: form.drop_comment(index)


def _due(form: Scorecard, session: AppSession) -> list[ft.Control]:
    today = session.today()
    days = [today + timedelta(days=count) for count in DRILL_DAYS]
    due = form.drill_due or days[1]
    offered = days if due in days else sorted({*days, due})
    return [
        ft.Container(height=8),
        chips(
            [(day, t("{day} 前", day=t_date(day))) for day in offered],
            selected=due,
            on_pick=lambda day: setattr(form, "drill_due", day),
            identifier="drill-due",
        ),
    ]
