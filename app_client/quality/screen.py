"""What the check has found, for whoever decides: newest first, each with its sentence, the reason, and the way to the activity behind it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t, t_date, t_n, t_time
from app_client.quality.actions import decide, fetch_findings
from app_client.quality.queries import by_day, marked
from app_client.quality.words import (
    activity_word,
    finding_word,
    moment_word,
    severity_word,
    state_word,
    why_words,
)
from app_client.session import AppSession
from app_client.session_context import dismissal, go, use_session, use_unfinished
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import announce, shell_view
from app_client.team.screen import look_into_later
from app_client.theme import BODY, Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    banner,
    body,
    chips,
    detail_pane,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    quiet_button,
    runs,
    section_header,
    sheet,
    tappable,
    text_field,
    title,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.org import Role as StaffRole
from shared_models.policy import zone
from shared_models.quality import Decided, FindingState, QualityFinding
from shared_models.wordings import Severity

_ALL = "all"
_TONES = {FindingState.OPEN: Tone.WARN, FindingState.CONFIRMED: Tone.BAD, FindingState.DISMISSED: Tone.PLAIN}
_MOST_NOTE = 200


@observable
class QualityPlace:
    """What is looked at: which state, which finding, and the word that is being written to it."""

    def __init__(self) -> None:
        self.state: FindingState | None = FindingState.OPEN
        self.chosen: UUID | None = None
        self.note = ""

    def choose(self, finding_id: UUID | None) -> None:
        """Open a finding, or close it."""
        self.chosen, self.note = finding_id, ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the server answered so far, and how the question stands; nothing of it outlives the screen."""

    findings: tuple[QualityFinding, ...] | None = None
    cursor: str | None = None
    waiting: int = 0
    trouble: str = ""
    is_busy: bool = False


@component
def QualityScreen() -> ft.View:
    """The findings of the signed-in head's unit."""
    session, wide = use_session(), use_wide()
    place = use_observed(use_unfinished("quality", QualityPlace))
    listed, set_listed = use_state(Listed)
    times, set_times = use_state(_never)

    async def ask(cursor: str | None = None) -> None:
        set_listed(lambda last: replace(last, is_busy=True, trouble=""))
        try:
            page = await fetch_findings(session, place.state, cursor=cursor)
        except DomainError as error:
            words = error_words(error)
            set_listed(lambda last: replace(last, is_busy=False, trouble=words))
            return
        set_listed(lambda last: _with_page(last, page.findings, page.cursor, page.waiting, goes_on=cursor is not None))

    async def first() -> None:
        set_listed(Listed())
        await ask()

    ft.use_effect(first, [place.state, times])

    async def more() -> None:
        await ask(listed.cursor)

    async def say(state: Decided) -> None:
        page, finding_id = ft.context.page, place.chosen
        if finding_id is None:
            return
        set_listed(lambda last: replace(last, is_busy=True, trouble=""))
        try:
            decided = await decide(session, finding_id, state, place.note)
        except DomainError as error:
            words = error_words(error)
            set_listed(lambda last: replace(last, is_busy=False, trouble=words))
            return
        set_listed(lambda last: _with_decision(last, decided))
        announce(page, t("已记为{state}", state=state_word(FindingState(state))))
        if not wide:
            place.choose(None)

    def again() -> None:
        set_times(lambda last: last + 1)

    found = next((each for each in listed.findings or () if each.finding.id == place.chosen), None)
    pane = _pane(session, place, found, listed, say, headed=wide) if found is not None else None
    ft.use_dialog(
        sheet(
            pane,
            heading=finding_word(found.finding),
            on_dismiss=dismissal(lambda: place.choose(None)),
            tall=True,
            typed=True,
        )
        if pane is not None and found is not None and not wide
        else None
    )
    return shell_view(
        route="/quality",
        heading=t("质检"),
        subtitle=t_n("近 30 天 · {n} 条待看", listed.waiting) if listed.findings is not None else t("近 30 天"),
        content=[
            *_list_link(session),
            chips(
                [*((each.value, state_word(each)) for each in FindingState), (_ALL, t("全部"))],
                selected=place.state.value if place.state is not None else _ALL,
                on_pick=lambda value: _look_at(place, value),
                identifier="quality-state",
            ),
            *_list(session, place, listed, again, more),
        ],
        detail=_detail(pane) if wide else None,
    )


def _never() -> int:
    return 0


def _look_at(place: QualityPlace, value: str) -> None:
    place.choose(None)
    place.state = FindingState(value) if value != _ALL else None


def _with_page(
    last: Listed, findings: Sequence[QualityFinding], cursor: str | None, waiting: int, *, goes_on: bool
) -> Listed:
    before = last.findings or () if goes_on else ()
    return Listed((*before, *findings), cursor, waiting)


def _with_decision(last: Listed, decided: QualityFinding) -> Listed:
    """What was decided stays where it stands, so that nothing moves under a finger."""
    findings = tuple(decided if each.finding.id == decided.finding.id else each for each in last.findings or ())
    was_open = any(
        each.finding.id == decided.finding.id and each.state is FindingState.OPEN for each in last.findings or ()
    )
    return replace(last, findings=findings, waiting=last.waiting - was_open, is_busy=False)


def _list_link(session: AppSession) -> list[ft.Control]:
    if session.staff.role is not StaffRole.ADMIN:
        return []
    return [
        line_row(
            t("禁语词表"),
            detail=t("加词、加例外，先试一试再存"),
            icon=ft.Icons.EDIT_NOTE,
            on_click=lambda: go("/quality/wordings"),
            identifier="wordings",
        ),
        ft.Container(height=12),
    ]


def _list(session: AppSession, place: QualityPlace, listed: Listed, again: Tap, more: Tap) -> list[ft.Control]:
    if listed.findings is None:
        if listed.trouble:
            return [error_state(t("看不到质检结果"), listed.trouble, action=t("再试一次"), on_action=again)]
        return [loading_state(t("正在取回质检结果…"))]
    parts: list[ft.Control] = []
    if listed.trouble:
        parts += [ft.Container(height=8), banner(listed.trouble, tone=Tone.BAD)]
    if not listed.findings:
        done = place.state is FindingState.OPEN
        return [
            *parts,
            empty_state(
                t("没有待看的") if done else t("这里没有记录"),
                t("备注和通话转写会自动检查，有可疑的才请你看。") if done else "",
                icon=ft.Icons.CHECK if done else ft.Icons.INBOX_OUTLINED,
                tone=Tone.OK if done else Tone.PLAIN,
            ),
        ]
    for day, of_day in by_day(listed.findings):
        parts.append(section_header(t_date(day), t_n("{n} 条", len(of_day)), quiet=True))
        parts += [_row(session, place, each, Place.of(index, len(of_day))) for index, each in enumerate(of_day)]
    if listed.cursor is not None:
        parts += [
            ft.Container(height=8),
            quiet_button(t("再看更早的"), on_click=None if listed.is_busy else more, identifier="more", filled=True),
        ]
    return parts


def _row(session: AppSession, place: QualityPlace, found: QualityFinding, at: Place) -> ft.Control:
    finding = found.finding
    is_chosen = place.chosen == finding.id
    clock = t_time(found.occurred_at.astimezone(zone(bank_timezone(session))))
    marks: list[ft.Control] = [_rule_badge(found)]
    if found.state is not FindingState.OPEN:
        marks.append(badge(state_word(found.state), _TONES[found.state]))
    who = f"{found.advisor.name} · {clock}"
    return ft.Container(
        tappable(
            ft.Column(
                [
                    ft.Row([*marks, note(who)], spacing=8, run_spacing=4, wrap=True),
                    _sentence(found, size=BODY, lines=2),
                ],
                spacing=6,
                tight=True,
            ),
            label="，".join(  # not shown: pauses
                [finding_word(finding), finding.sentence, found.advisor.name, clock, state_word(found.state)]
            ),
            on_click=lambda: place.choose(finding.id),
            identifier=f"finding-{finding.id}",
            selected=is_chosen,
            radius=at.corners(),
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ),
        bgcolor=Role.BRAND_TINT if is_chosen else Role.CARD,
        border_radius=at.corners(),
        border=None if at.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _rule_badge(found: QualityFinding) -> ft.Control:
    serious = found.finding.severity is Severity.SERIOUS
    return badge(finding_word(found.finding), Tone.BAD if serious else Tone.WARN)


def _sentence(found: QualityFinding, *, size: int, lines: int | None = None) -> ft.Control:
    """The cited sentence with its word marked; where nothing is cited, what was measured."""
    parts = marked(found.finding)
    if not found.finding.sentence:
        return note(why_words(found.finding), lines=lines)
    return runs(
        [(parts.before, Role.INK, False), (parts.word, Role.BAD, True), (parts.after, Role.INK, False)],
        size=size,
        lines=lines,
    )


# -- one finding


def _detail(pane: list[ft.Control] | None) -> ft.Control:
    if pane is None:
        return detail_pane([empty_state(t("选一条看看"), icon=ft.Icons.FACT_CHECK_OUTLINED)])
    return detail_pane(pane)


def _pane(
    session: AppSession,
    place: QualityPlace,
    found: QualityFinding,
    listed: Listed,
    say: Callable[[Decided], Awaitable[None]],
    *,
    headed: bool,
) -> list[ft.Control]:
    finding = found.finding
    parts: list[ft.Control] = [title(finding_word(finding))] if headed else []
    parts += [
        ft.Row(
            [
                badge(severity_word(finding.severity), Tone.BAD if finding.severity is Severity.SERIOUS else Tone.WARN),
                badge(state_word(found.state), _TONES[found.state]),
            ],
            spacing=8,
        )
    ]
    if finding.sentence:
        parts.append(
            ft.Semantics(
                content=ft.Container(
                    _sentence(found, size=BODY),
                    bgcolor=Role.FILL,
                    border=ft.Border(left=ft.BorderSide(4, Role.BAD)),
                    padding=ft.Padding.symmetric(horizontal=16, vertical=14),
                ),
                identifier="finding-sentence",
                container=True,
            )
        )
    parts += [
        note(why_words(finding)),
        ft.Container(height=4),
        _facts(session, found),
        *_history(session, found),
        section_header(t("你怎么看")),
        text_field(
            t("说一句（可不填）"),
            value=place.note,
            on_change=lambda text: setattr(place, "note", text),
            identifier="finding-note",
            max_length=_MOST_NOTE,
        ),
        _decisions(found, say, is_busy=listed.is_busy),
        note(t("只作提醒，不影响数字；改了主意可再点，每次都留着。")),
    ]
    if listed.trouble:
        parts.append(banner(listed.trouble, tone=Tone.BAD))
    return [ft.Column(parts, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _facts(session: AppSession, found: QualityFinding) -> ft.Control:
    """Whose words these are, to whom, where and when; and the way to the activity."""
    local = found.occurred_at.astimezone(zone(bank_timezone(session)))
    where = (activity_word(found.activity_kind), moment_word(found.finding))
    facts = [
        (t("客户经理"), found.advisor.name),
        (t("客户姓名"), found.customer_name or t("客户不在本机构")),
        (t("出处"), " · ".join(part for part in where if part)),
        (t("时间"), f"{t_date(found.day)} {t_time(local)}"),
    ]
    rows = [
        # Beneath the word: where and when have no room beside it in large type.
        line_row(word, detail=value, place=Place.FIRST if index == 0 else Place.MIDDLE)
        for index, (word, value) in enumerate(facts)
    ]
    rows.append(
        line_row(
            t("看这一天的记录"),
            on_click=lambda: look_into_later(session, found.advisor.id, found.day, found.activity_kind),
            place=Place.LAST,
            identifier="to-activity",
        )
    )
    return ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _decisions(found: QualityFinding, say: Callable[[Decided], Awaitable[None]], *, is_busy: bool) -> ft.Control:
    async def confirm() -> None:
        await say(Decided.CONFIRMED)

    async def dismiss() -> None:
        await say(Decided.DISMISSED)

    return ft.Row(
        [
            tappable(
                body(word, bold=True, color=tone.text, align=ft.TextAlign.CENTER),
                label=word,
                on_click=None if is_busy else on_click,
                identifier=identifier,
                selected=found.state.value == state.value,
                bgcolor=tone.tint,
                padding=ft.Padding.symmetric(horizontal=12, vertical=15),
                alignment=ft.Alignment.CENTER,
                expand=1,
            )
            for word, tone, on_click, identifier, state in (
                (t("属实"), Tone.BAD, confirm, "confirm-finding", Decided.CONFIRMED),
                (t("误报"), Tone.PLAIN, dismiss, "dismiss-finding", Decided.DISMISSED),
            )
        ],
        spacing=10,
    )


def _history(session: AppSession, found: QualityFinding) -> list[ft.Control]:
    """Who decided what when, the last one first."""
    if not found.decisions:
        return []
    bank = zone(bank_timezone(session))
    rows: list[ft.Control] = []
    for index, each in enumerate(reversed(found.decisions)):
        at = each.at.astimezone(bank)
        rows.append(
            line_row(
                f"{each.by.name} · {state_word(each.state)}",
                detail=" · ".join(part for part in (f"{t_date(at.date())} {t_time(at)}", each.note) if part),
                place=Place.of(index, len(found.decisions)),
            )
        )
    listed = ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return [section_header(t("处理记录"), quiet=True), listed]
