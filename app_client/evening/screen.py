"""The evening: an advisor's own figures of a day against 20 / 5 / 3, what was refused and what was promised; another day by a tap."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import flet as ft

from app_client.calls.words import decline_word
from app_client.evening.place import UNDER, EveningPlace
from app_client.evening.queries import EveningView, Promised, evening_view
from app_client.flet_typed import component, use_observed, use_state
from app_client.hints.queries import hints_on
from app_client.hints.screen import use_hints
from app_client.i18n import t, t_capital, t_date, t_day_from, t_money, t_n
from app_client.playbook.entry import playbook_row, refusal_line
from app_client.reviews.own import review_line
from app_client.session_context import go, use_session, use_store_version, use_unfinished
from app_client.shell.screen import shell_view
from app_client.theme import BODY, Role
from app_client.today.queries import products_per_visit
from app_client.widgets import (
    Place,
    RingValue,
    Tap,
    Tone,
    body,
    card,
    detail_pane,
    empty_state,
    evidence_filter,
    evidence_legend,
    evidence_line,
    icon_button,
    line_row,
    mix_spoken,
    note,
    ring_row,
    runs,
    section_header,
    segment_bar,
    stat_tile,
    use_wide,
)
from shared_models.evidence import Grade
from shared_models.fold import mix_of
from shared_models.follow_ups import FollowUpReason

_DAY = timedelta(days=1)


@component
def EveningScreen() -> ft.View:
    """The evening of the signed-in advisor."""
    session = use_session()
    version = use_store_version(session)
    wide = use_wide()
    today = session.today()
    place = use_observed(use_unfinished(UNDER, EveningPlace))
    choose, day = place.choose, place.day or today
    only_a, set_only_a = use_state(_no)
    grades = (Grade.A,) if only_a else ()
    view = ft.use_memo(lambda: evening_view(session, day, grades), [day, today, only_a, version])
    hints = use_hints(session, ft.use_memo(lambda: hints_on(session, day), [day, version]))
    filtered = evidence_filter(only_a=only_a, on_change=set_only_a)
    figures = [_stepper(view, today, choose), filtered, *_figures(view, hints)]
    heard = view.declines[0][0] if view.declines else None
    learn = [ft.Container(height=12), *refusal_line(session, heard), playbook_row(session)]
    reviewed = review_line(session, beneath="/evening", quiet=True)
    learn.append(_month_row())
    rest = [*([ft.Container(height=12), *reviewed] if reviewed else []), *_declines(view), *learn, *_promised(view)]
    return shell_view(
        route="/evening",
        heading=t("夕会"),
        subtitle=closing(view),
        content=figures if wide else [*figures, *rest],
        detail=detail_pane(rest) if wide else None,
    )


def _no() -> bool:
    return False


def _month_row() -> ft.Control:
    return ft.Container(
        line_row(
            t("这个月"),
            detail=t("日历上看每一天，没有网络也能看"),
            icon=ft.Icons.CALENDAR_MONTH_OUTLINED,
            on_click=lambda: go("/evening/month"),
            identifier="to-own-month",
        ),
        padding=ft.Padding(left=0, right=0, top=8, bottom=0),
    )


def closing(view: EveningView) -> str:
    """One sentence: how the day ended, or stands."""
    if view.figures.on_leave:
        return t("今天休假，没有指标") if view.is_today else t("这天休假，没有指标")
    if view.is_day_off:
        return t("休息日，没有指标")
    if view.figures.met:
        return t("达标")
    left = view.left
    if left.nothing:
        return t_n("{n} 位面访未满三款", left.visits_short)
    parts = [t_n("{n} 通电话", left.calls)] if left.calls else []
    parts += [t_n("{n} 位面访", left.visits)] if left.visits else []
    what = t("、").join(parts)
    return t("还差 {what}", what=what) if view.is_today else t("差 {what}", what=what)


def _stepper(view: EveningView, today: date, choose: Callable[[date | None], object]) -> ft.Control:
    def step(by: timedelta) -> Tap:
        following = view.day + by
        return lambda: choose(None if following == today else following)

    name = t_date(view.day)
    near = t_day_from(view.day, today=today)
    return ft.Row(
        [
            icon_button(
                ft.Icons.CHEVRON_LEFT,
                label=t("前一天"),
                on_click=step(-_DAY) if view.day > view.earliest else None,
                identifier="day-before",
                color=Role.BRAND,
            ),
            ft.Semantics(
                content=body(
                    name if near == name else f"{t_capital(near)} · {name}", bold=True, align=ft.TextAlign.CENTER
                ),
                identifier="evening-day",
                live_region=True,
                expand=True,
            ),
            icon_button(
                ft.Icons.CHEVRON_RIGHT,
                label=t("后一天"),
                on_click=step(_DAY) if view.day < today else None,
                identifier="day-after",
                color=Role.BRAND if view.day < today else Role.LINE,
            ),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _figures(view: EveningView, hints: Sequence[ft.Control]) -> list[ft.Control]:
    figures, targets = view.figures, view.figures.targets
    parts: list[ft.Control] = []
    if view.is_day_off:
        parts += [_tiles(view)]
    else:
        parts += [
            ring_row(
                [
                    RingValue(
                        figures.calls_effective,
                        targets.calls,
                        t("有效电话"),
                        identifier="evening-calls",
                        mix=mix_of(figures, "calls_effective"),
                    ),
                    RingValue(
                        figures.visits,
                        targets.visits,
                        t("面访客户"),
                        Tone.OK,
                        identifier="evening-visits",
                        mix=mix_of(figures, "visits"),
                    ),
                    RingValue(
                        products_per_visit(figures),
                        targets.products_per_visit,
                        t("每访产品"),
                        Tone.GOLD,
                        identifier="evening-products",
                        mix=mix_of(figures, "products_presented"),
                    ),
                ]
            ),
            ft.Container(height=12),
            _tiles(view),
        ]
    parts += [*hints, section_header(t("通话")), card(_calls(view))]
    parts += [section_header(t("面访与产品")), card(_visits(view))]
    if figures.calls or figures.visits:
        parts.append(ft.Container(evidence_legend(), padding=ft.Padding(left=8, right=8, top=8)))
    return parts


def _tiles(view: EveningView) -> ft.Control:
    figures = view.figures
    return ft.Row(
        [
            stat_tile(
                str(figures.calls_effective_managed), t("管户有效"), mix=mix_of(figures, "calls_effective_managed")
            ),
            stat_tile(
                str(figures.calls_effective_prospect), t("潜力有效"), mix=mix_of(figures, "calls_effective_prospect")
            ),
            stat_tile(
                str(figures.products_bought),
                t("成交"),
                tone=Tone.GOLD if figures.products_bought else None,
                mix=mix_of(figures, "products_bought"),
            ),
        ],
        spacing=10,
        intrinsic_height=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _calls(view: EveningView) -> list[ft.Control]:
    figures = view.figures
    return [
        _line(t("拨打"), str(figures.calls), mix=mix_of(figures, "calls")),
        _line(t("接通"), str(figures.calls_connected), mix=mix_of(figures, "calls_connected")),
        _line(
            t("有效"),
            str(figures.calls_effective),
            behind=_behind(view, view.left.calls),
            mix=mix_of(figures, "calls_effective"),
        ),
    ]


def _visits(view: EveningView) -> list[ft.Control]:
    figures = view.figures
    return [
        _line(
            t("面访客户"),
            str(figures.visits),
            behind=_behind(view, view.left.visits),
            mix=mix_of(figures, "visits"),
        ),
        _line(
            t("满 {n} 款", n=figures.targets.products_per_visit) if not view.is_day_off else t("产品齐全"),
            str(figures.visits_with_three),
            behind=_behind(view, view.left.visits_short),
            mix=mix_of(figures, "visits_with_three"),
        ),
        _line(t("推荐产品"), str(figures.products_presented), mix=mix_of(figures, "products_presented")),
        _line(t("成交产品"), str(figures.products_bought), mix=mix_of(figures, "products_bought")),
        # Of the products that it was paid for, above.
        _line(t("成交金额"), t("{money} 元", money=t_money(figures.amount_bought))),
    ]


def _behind(view: EveningView, missing: int) -> str:
    return "" if view.is_day_off or not missing else t("差 {what}", what=missing)


def _line(label: str, value: str, *, behind: str = "", mix: Mapping[Grade, int] | None = None) -> ft.Control:
    words: list[tuple[str, ft.ColorValue, bool]] = [(value, Role.INK, True)]
    if behind:
        words.append((f"  {behind}", Role.BAD, False))
    return ft.Semantics(
        content=ft.Column(
            [ft.Row([ft.Container(note(label), expand=True), runs(words, size=BODY)]), *evidence_line(mix)],
            spacing=4,
            tight=True,
        ),
        label=" ".join(part for part in (label, value, behind, mix_spoken(mix)) if part),
        container=True,
        exclude_semantics=True,
    )


def _declines(view: EveningView) -> list[ft.Control]:
    total = sum(count for _, count in view.declines)
    parts: list[ft.Control] = [section_header(t("拒绝原因"), t_n("{n} 次", total) if total else "")]
    if not view.declines:
        return [*parts, card([note(t("这一天没有客户拒绝"))])]
    most = view.declines[0][1]
    return [*parts, card([_decline(code, count, most) for code, count in view.declines], spacing=14)]


def _decline(code: str, count: int, most: int) -> ft.Control:
    words = decline_word(code)
    return ft.Semantics(
        content=ft.Column(
            [
                ft.Row([ft.Container(body(words), expand=True), note(t_n("{n} 次", count))]),
                segment_bar([(count / most, Role.BAD)]),
            ],
            spacing=6,
            tight=True,
        ),
        label=f"{words} {t_n('{n} 次', count)}",
        identifier=f"decline-{code}",
        container=True,
        exclude_semantics=True,
    )


def _promised(view: EveningView) -> list[ft.Control]:
    total = sum(len(each) for _, each in view.promised)
    if not total:
        return [
            section_header(t("以后的约定")),
            card(
                [
                    empty_state(
                        t("还没有约好的客户"), t("通话时点“再联系”，就会回到那天的名单。"), icon=ft.Icons.EVENT_OUTLINED
                    )
                ]
            ),
        ]
    parts: list[ft.Control] = [section_header(t("以后的约定"), t_n("{n} 位", total))]
    for due_on, promised in view.promised:
        parts.append(section_header(_due_words(due_on, view), quiet=True))
        parts += _promise_rows(promised)
    return parts


def _due_words(due_on: date, view: EveningView) -> str:
    name = t_date(due_on)
    near = t_day_from(due_on, today=view.day)
    # A weekday alone is in the date already.
    return name if near in name or not view.is_today else f"{t_capital(near)} · {name}"


def _promise_rows(promised: Sequence[Promised]) -> list[ft.Control]:
    return [
        line_row(
            each.name,
            detail=each.promise.note or "",
            trailing=_kind(each.promise.reason),
            on_click=_open(each),
            place=Place.of(index, len(promised)),
            identifier=f"promised-{each.promise.customer_id}",
        )
        for index, each in enumerate(promised)
    ]


def _kind(reason: str) -> str:
    words: dict[str, str] = {
        FollowUpReason.CALLBACK: t("回电"),
        FollowUpReason.APPOINTMENT: t("面访"),
        FollowUpReason.DEFERRED_PRODUCTS: t("补充产品"),
    }
    return words.get(reason, reason)


def _open(each: Promised) -> Tap:
    return lambda: go(f"/evening/customers/{each.promise.customer_id}")
