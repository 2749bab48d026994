"""A head's reviews: averages by unit, samples drawn by a seed, and what of a sample has been looked at; the scorecard is scorecard.py's."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.answers import Answer, use_answer
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed
from app_client.i18n import t, t_capital, t_date, t_n, t_time
from app_client.reviews.actions import draw_sample, fetch_averages, fetch_sample, fetch_samples, new_id
from app_client.reviews.queries import averages_key, in_bank_zone, sample_key, samples_key
from app_client.reviews.scorecard import SubjectParts
from app_client.reviews.words import average_words, days_words, item_word, sample_words
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_unfinished
from app_client.shell.screen import shell_view
from app_client.team.words import activity_words, grade_words
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
    progress_bar,
    quiet_button,
    section_header,
    segments,
    title,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.reviews import Item, ReviewAverages, UnitAverages
from shared_models.samples import DrawnActivity, DrawnSample, Sample, Samples

_SIZES = (5, 10, 20)
_SPANS = (1, 7, 30)
_AVERAGED_DAYS = timedelta(days=29)


@observable
class ReviewPlace:
    """Which sample a head looks into, and which of its activities; and what the next draw is to be."""

    def __init__(self) -> None:
        self.sample_id: UUID | None = None
        self.activity_id: UUID | None = None
        self.size = _SIZES[1]
        self.days = _SPANS[1]
        # The id of the next draw: the same until it has come back, so that a lost reply draws nothing twice.
        self.drawing: UUID | None = None
        self.is_busy = False
        self.trouble = ""

    def open_sample(self, sample_id: UUID | None) -> None:
        """Look into a sample, or at all of them again."""
        self.sample_id, self.activity_id = sample_id, None

    def open_activity(self, activity_id: UUID | None) -> None:
        """Review one of it, or look at the whole again."""
        self.activity_id = activity_id

    def change(self, *, size: int | None = None, days: int | None = None) -> None:
        """Want something else; that is another draw."""
        self.size, self.days = size or self.size, days or self.days
        self.drawing = None


@component
def ReviewsScreen() -> ft.View:
    """The reviews of one unit's subtree."""
    session = use_session()
    wide = use_wide()
    address = use_address("unit_id")
    unit_id = address.id or session.staff.unit.id
    place = use_observed(use_unfinished(f"reviews {unit_id}", ReviewPlace))
    today = session.today()
    first = today - _AVERAGED_DAYS
    averages = use_answer(
        session,
        averages_key(unit_id, first, today),
        ReviewAverages,
        lambda: fetch_averages(session, unit_id, first, today),
    )
    samples = use_answer(
        session, samples_key(unit_id), Samples, lambda: fetch_samples(session, unit_id), anew=place.activity_id
    )
    overview = [
        *_draw_parts(session, unit_id, place),
        *_samples(samples, place, wide=wide),
        *_averages(averages),
    ]
    pane = _pane(session, place)
    name = averages.found.total.unit.name if averages.found is not None else ""

    def back() -> None:
        if wide or place.sample_id is None:
            go("/team")
        elif place.activity_id is not None:
            place.open_activity(None)
        else:
            place.open_sample(None)

    content: list[ft.Control] = overview if wide or pane is None else [pane]
    hint = empty_state(t("选一次抽查，或抽一次"), t("抽到的会列在这里。"), icon=ft.Icons.RATE_REVIEW_OUTLINED)
    return shell_view(
        route=address.path or "/team/reviews",
        heading=t("抽查点评"),
        subtitle=name,
        content=content,
        detail=detail_pane([pane or hint]) if wide else None,
        on_back=back,
    )


def _pane(session: AppSession, place: ReviewPlace) -> ft.Control | None:
    if place.sample_id is None:
        return None
    return keyed(f"sample-{place.sample_id}", SamplePane, session=session, place=place, sample_id=place.sample_id)


# -- draw


def _draw_parts(session: AppSession, unit_id: UUID, place: ReviewPlace) -> list[ft.Control]:
    today = session.today()

    async def draw() -> None:
        place.trouble, place.is_busy = "", True
        place.drawing = place.drawing or new_id(session)
        first = today - timedelta(days=place.days - 1)
        try:
            drawn = await draw_sample(session, place.drawing, unit_id=unit_id, first=first, last=today, size=place.size)
        except DomainError as error:
            nothing = t("这几天还没有可以抽的电话和面访。")
            place.trouble = nothing if error.code == "nothing_to_draw" else error_words(error)
            return
        finally:
            place.is_busy = False
        place.drawing = None
        place.open_sample(drawn.id)

    return [
        section_header(t("抽一次")),
        card(
            [
                segments(
                    [(days, t_capital(t("今天")) if days == 1 else t("近 {n} 天", n=days)) for days in _SPANS],
                    selected=place.days,
                    on_pick=lambda days: place.change(days=days),
                    identifier="draw-days",
                ),
                segments(
                    [(size, t("抽 {n} 条", n=size)) for size in _SIZES],
                    selected=place.size,
                    on_pick=lambda size: place.change(size=size),
                    identifier="draw-size",
                ),
                note(
                    t(
                        "名额够时每人至少一条，再按条数分给人和证据等级；有提示的更容易抽到。"
                        "种子由系统随机产生并公布，谁都可以重抽核对，每次抽查都会留下。"
                    ),
                ),
                *([banner(place.trouble, tone=Tone.BAD)] if place.trouble else []),
                primary_button(t("抽样"), on_click=draw, identifier="draw", busy=place.is_busy),
            ],
            spacing=12,
        ),
    ]


def _samples(answer: Answer[Samples], place: ReviewPlace, *, wide: bool) -> list[ft.Control]:
    if answer.found is None:
        return [section_header(t("抽查记录")), answer.missing()]
    samples = answer.found.samples
    heading = section_header(t("抽查记录"), t_n("{n} 次", len(samples)))
    if not samples:
        return [heading, card([note(t("还没有抽查过。"))])]
    return [
        heading,
        *answer.warning(),
        *[
            line_row(
                days_words(each.first, each.last),
                detail=f"{each.unit.name} · {each.drawn_by.name} · {sample_words(each)}",
                on_click=_open_sample(place, each),
                place=Place.of(index, len(samples)),
                identifier=f"sample-{each.id}",
                selected=each.id == place.sample_id if wide else None,
            )
            for index, each in enumerate(samples)
        ],
    ]


def _open_sample(place: ReviewPlace, sample: Sample) -> Tap:
    return lambda: place.open_sample(sample.id)


# -- one sample


@component
def SamplePane(*, session: AppSession, place: ReviewPlace, sample_id: UUID) -> ft.Control:
    """What was drawn, with its state; or the scorecard of one of it."""
    use_observed(place)
    answer = use_answer(
        session, sample_key(sample_id), DrawnSample, lambda: fetch_sample(session, sample_id), anew=place.activity_id
    )
    sample = answer.found
    if place.activity_id is not None:
        to_list = quiet_button(
            t("回到抽到的名单"),
            icon=ft.Icons.ARROW_BACK,
            on_click=lambda: place.open_activity(None),
            identifier="to-sample",
        )

        subject = keyed(
            f"subject-{place.activity_id}",
            SubjectParts,
            session=session,
            activity_id=place.activity_id,
            sample_id=sample_id,
            on_done=lambda: place.open_activity(None),
        )
        return _column([ft.Row([to_list]), subject])
    if sample is None:
        return answer.missing()
    count = len(sample.activities)
    return _column(
        [
            *answer.warning(),
            title(days_words(sample.first, sample.last)),
            note(
                f"{sample.unit.name} · {sample.drawn_by.name} · {t_date(in_bank_zone(session, sample.drawn_at).date())}"
            ),
            ft.Container(height=8),
            progress_bar(sample.reviewed, max(len(sample.drawn), 1), Tone.OK),
            note(sample_words(sample)),
            section_header(t("抽到的"), t_n("{n} 条", count)),
            *[_drawn(session, each, place, Place.of(index, count)) for index, each in enumerate(sample.activities)],
            section_header(t("怎样核对"), quiet=True),
            card(
                [
                    note(t("种子"), bold=True),
                    ft.Text(sample.seed, selectable=True, size=11, color=Role.INK, font_family="monospace"),
                    note(t("下载这次抽查（接口 /team/samples），用文档里的 30 行程序重抽，结果应当一字不差。")),
                ],
                spacing=6,
            ),
        ]
    )


def _column(parts: list[ft.Control]) -> ft.Control:
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _drawn(session: AppSession, drawn: DrawnActivity, place: ReviewPlace, at: Place) -> ft.Control:
    activity = drawn.activity
    what, rest = activity_words(activity)
    when = in_bank_zone(session, activity.occurred_at)
    hints = t_n("{n} 条提示", drawn.hints) if drawn.hints else ""
    # A letter stands on no line alone.
    grade = grade_words(activity).replace(" ", "\u00a0")
    details = [activity.advisor.name, f"{t_date(when.date())} {t_time(when)}", what, rest, grade, hints]
    state = t("已撤销") if activity.voided else t("已点评") if drawn.review_ids else t("待点评")
    return line_row(
        activity.customer_name or t("客户不在本机构"),
        detail=" · ".join(part for part in details if part),
        trailing=state,
        on_click=lambda: place.open_activity(activity.id),
        place=at,
        identifier=f"drawn-{activity.id}",
    )


# -- averages


def _averages(answer: Answer[ReviewAverages]) -> list[ft.Control]:
    if answer.found is None:
        return []
    found = answer.found
    parts: list[ft.Control] = [section_header(t("平均分"), t("近 {n} 天", n=_AVERAGED_DAYS.days + 1))]
    if not found.total.reviews:
        return [*parts, card([note(t("这段时间还没有点评。"))])]
    shown = [found.total, *[each for each in found.units if each.reviews]]
    return [*parts, *[ft.Container(_unit(each), padding=ft.Padding(bottom=8)) for each in shown]]


def _unit(averages: UnitAverages) -> ft.Control:
    lines: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(body(averages.unit.name, bold=True), expand=True),
                note(t_n("{n} 条点评", averages.reviews)),
            ]
        )
    ]
    for item in Item:
        average = averages.items[item]
        words = average_words(average)
        is_weak = average.mean is not None and average.mean < Decimal(3)
        lines.append(
            ft.Semantics(
                content=ft.Row(
                    [
                        ft.Container(note(item_word(item)), expand=True),
                        note(words, color=Role.WARN if is_weak else Role.INK, bold=not average.is_few),
                    ],
                    spacing=8,
                ),
                label=f"{item_word(item)} {words}",
                container=True,
                exclude_semantics=True,
            )
        )
    return card(lines, spacing=8)
