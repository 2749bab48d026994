"""Cases as heads and head office see them: what waits for whom, what is out, and one case with its versions and the next step."""

from collections.abc import Callable, Sequence
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.cases.actions import fetch_case, fetch_cases, fetch_shared, take_step
from app_client.cases.compose import compose
from app_client.cases.form import CaseForm
from app_client.cases.words import (
    answer_words,
    done_words,
    finding_word,
    place_word,
    row_words,
    state_tone,
    state_word,
    step_word,
)
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed, use_state
from app_client.i18n import t, t_n
from app_client.playbook.reading import case_parts
from app_client.playbook.words import scene_words
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    badge,
    banner,
    body,
    card,
    detail_pane,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    text_field,
    title,
    use_wide,
)
from shared_models.cases import CaseState, CaseStep, CaseText, CaseVersion, SharedCase, TeamCase
from shared_models.errors import DomainError
from shared_models.identifiers import refused

_MINE, _SHARED = "mine", "shared"
# What stands first: what somebody here has to do, then what waits for others, then what is over.
_ORDER = (
    CaseState.CONSENTED,
    CaseState.SENT_BACK,
    CaseState.REFUSED,
    CaseState.DRAFT,
    CaseState.CONSENT_ASKED,
    CaseState.APPROVED,
    CaseState.WITHDRAWN,
)


@observable
class Desk:
    """Which cases are looked at, and which one beside them. What was fetched stays until it is fetched anew."""

    def __init__(self) -> None:
        self.side = _MINE
        self.chosen: UUID | None = None
        self.reading: UUID | None = None
        self.cases: list[TeamCase] | None = None
        self.shared: list[SharedCase] | None = None

    def look_at(self, side: str) -> None:
        """Look at the cases in the making, or at everybody's."""
        self.side, self.reading = side, None

    def read(self, case_id: UUID | None) -> None:
        """Read one of everybody's, or go back to their list."""
        self.reading = case_id

    @property
    def read_case(self) -> SharedCase | None:
        """The one of everybody's that is read."""
        return next((case for case in self.shared or [] if case.id == self.reading), None)


@component
def CasesScreen() -> ft.View:
    """The cases of a head's subtree; on a wide screen with the chosen one beside them."""
    session = use_session()
    wide = use_wide()
    desk = use_observed(use_unfinished("cases", Desk))

    async def ask() -> None:
        desk.cases, desk.shared = await fetch_cases(session), await fetch_shared(session)

    trouble, again = use_asking(ask)

    def open_case(case_id: UUID) -> None:
        if wide:
            desk.chosen = case_id
        else:
            go(f"/cases/{case_id}")

    reading = desk.read_case
    if reading is not None and not wide:
        return shell_view(
            route="/cases",
            heading=reading.title,
            content=case_parts(reading, credit=reading.credit or ""),
            on_back=lambda: desk.read(None),
        )
    return shell_view(
        route="/cases",
        heading=t("案例"),
        subtitle=_subtitle(desk),
        content=[
            segments(
                [(_MINE, t("在做的")), (_SHARED, t("大家都能看的"))],
                selected=desk.side,
                on_pick=desk.look_at,
                identifier="cases-side",
            ),
            *_listed(desk, trouble, again, open_case, wide=wide),
        ],
        detail=_beside(desk, again) if wide else None,
    )


@component
def TeamCaseScreen() -> ft.View:
    """One case on a page of its own."""
    session = use_session()
    address = use_address("case_id")
    case, trouble, again = use_case(session, address.id)
    bottom, parts = use_steps(session, case, again)
    return shell_view(
        route=address.path or "/cases/none",
        heading=case.text.title if case else t("案例"),
        subtitle=row_words(case) if case else "",
        content=parts if case else [_waiting(trouble, again)],
        bottom=bottom,
        on_back=lambda: go("/cases"),
    )


@component
def TeamCasePane(*, case_id: UUID, on_change: Tap) -> ft.Control:
    """One case beside the list."""
    session = use_session()
    case, trouble, again = use_case(session, case_id)

    def changed() -> None:
        again()
        on_change()

    bottom, parts = use_steps(session, case, changed)
    if case is None:
        return detail_pane([_waiting(trouble, again)])
    actions = [ft.Container(height=16), bottom] if bottom is not None else []
    return detail_pane([title(case.text.title), note(row_words(case)), ft.Container(height=12), *parts, *actions])


def _no_case() -> TeamCase | None:
    return None


def use_case(session: AppSession, case_id: UUID | None) -> tuple[TeamCase | None, str, Tap]:
    """A hook: the case as the server has it, why it cannot be had, and asking anew."""
    case, set_case = use_state(_no_case)

    async def ask() -> None:
        if case_id is not None:
            found = await fetch_case(session, case_id)
            set_case(lambda _: found)

    trouble, again = use_asking(ask, case_id)
    return case, trouble, again


def _waiting(trouble: str, again: Tap) -> ft.Control:
    if trouble:
        return error_state(t("看不到这个案例"), trouble, action=t("再试一次"), on_action=again)
    return loading_state(t("正在取回案例…"))


# -- the list


def _subtitle(desk: Desk) -> str:
    waiting = [case for case in desk.cases or [] if CaseStep.APPROVE in case.may]
    return t_n("{n} 个等你批准", len(waiting)) if waiting else t("从好的通话和面访里提炼")


def _listed(desk: Desk, said: str, again: Tap, open_case: Callable[[UUID], object], *, wide: bool) -> list[ft.Control]:
    trouble = [banner(said, action=t("再试一次"), on_action=again)] if said else []
    if desk.cases is None or desk.shared is None:
        return [_waiting(said, again)]
    if desk.side == _SHARED:
        return [*trouble, *_shared(desk.shared, desk.read, shown=_read_beside(desk) if wide else None)]
    if not desk.cases:
        return [
            *trouble,
            empty_state(
                t("还没有案例"),
                t("在“团队”里点开一条通话或面访，再点“写成案例”。"),
                icon=ft.Icons.AUTO_STORIES_OUTLINED,
                action=t("去团队"),
                on_action=lambda: go("/team"),
            ),
        ]
    parts: list[ft.Control] = [*trouble]
    chosen = _chosen_beside(desk)
    for state in _ORDER:
        of_state = [case for case in desk.cases if case.state is state]
        if of_state:
            parts.append(section_header(state_word(state), t_n("{n} 个案例", len(of_state))))
            parts += [
                line_row(
                    case.text.title,
                    detail=row_words(case),
                    trailing=_stop_words(case),
                    behind=bool(refused(case.findings)),
                    on_click=_open(open_case, case.id),
                    place=Place.of(index, len(of_state)),
                    identifier=f"case-{case.id}",
                    selected=case.id == chosen if wide else None,
                )
                for index, case in enumerate(of_state)
            ]
    return parts


def _stop_words(case: TeamCase) -> str:
    stop = refused(case.findings)
    return t_n("{n} 处要改", len(stop)) if stop and case.state is not CaseState.WITHDRAWN else ""


def _shared(
    cases: Sequence[SharedCase], open_case: Callable[[UUID], object], *, shown: SharedCase | None
) -> list[ft.Control]:
    if not cases:
        return [empty_state(t("还没有发布的案例"), icon=ft.Icons.AUTO_STORIES_OUTLINED)]
    return [
        ft.Container(height=8),
        *[
            line_row(
                case.title,
                detail=scene_words(case),
                on_click=_open(open_case, case.id),
                place=Place.of(index, len(cases)),
                identifier=f"shared-{case.id}",
                selected=case is shown if shown is not None else None,
            )
            for index, case in enumerate(cases)
        ],
    ]


def _open(open_case: Callable[[UUID], object], case_id: UUID) -> Tap:
    return lambda: open_case(case_id)


def _beside(desk: Desk, again: Tap) -> ft.Control:
    if desk.side == _SHARED:
        case = _read_beside(desk)
        if case is None:
            return empty_state(t("点一个案例"), icon=ft.Icons.AUTO_STORIES_OUTLINED)
        return detail_pane([title(case.title), ft.Container(height=12), *case_parts(case, credit=case.credit or "")])
    chosen = _chosen_beside(desk)
    if chosen is None:
        return empty_state(t("点一个案例"), icon=ft.Icons.AUTO_STORIES_OUTLINED)
    return keyed(str(chosen), TeamCasePane, case_id=chosen, on_change=again)


def _chosen_beside(desk: Desk) -> UUID | None:
    """Which case in the making stands beside the list: the first, while none is chosen."""
    return desk.chosen or next((case.id for state in _ORDER for case in desk.cases or [] if case.state is state), None)


def _read_beside(desk: Desk) -> SharedCase | None:
    """Which of everybody's stands beside the list: the first, while none is read."""
    return desk.read_case or next(iter(desk.shared or []), None)


# -- one case


def use_steps(session: AppSession, case: TeamCase | None, again: Tap) -> tuple[ft.Control | None, list[ft.Control]]:
    """A hook: the next step of a case, and all there is to read and do of it."""
    remark, set_remark = use_state("")
    trouble, set_trouble = use_state("")
    is_busy, set_busy = use_state(False)
    if case is None:
        return None, []

    async def take(step: CaseStep) -> None:
        page = ft.context.page
        set_busy(True)
        set_trouble("")
        try:
            after = await take_step(session, case, step, remark=remark)
        except DomainError as error:
            set_trouble(error_words(error))
            return
        finally:
            set_busy(False)
        announce(page, done_words(after), lifted=1)
        set_remark("")
        again()

    def to(step: CaseStep) -> Tap:
        async def go_on() -> None:
            await take(step)

        return go_on

    parts: list[ft.Control] = [banner(trouble, tone=Tone.BAD), ft.Container(height=8)] if trouble else []
    parts += [_standing(case), ft.Container(height=12), *_stops(case), *case_parts(case.text), *_changes(case)]
    if CaseStep.SEND_BACK in case.may:
        parts += [
            section_header(t("退回的理由（可不填）")),
            text_field(
                t("哪里要改"),
                value=remark,
                on_change=set_remark,
                identifier="case-send-back-remark",
                multiline=True,
                max_length=500,
            ),
        ]
    others: list[ft.Control] = []
    if CaseStep.EDIT in case.may:
        others.append(
            quiet_button(
                step_word(CaseStep.EDIT, case.state),
                on_click=lambda: compose(CaseForm.of(case)),
                identifier="case-edit",
                filled=True,
            )
        )
    others += [
        quiet_button(
            step_word(step, case.state),
            on_click=None if is_busy else to(step),
            identifier=f"case-{step}",
            tone=Tone.BAD,
            filled=True,
        )
        for step in (CaseStep.SEND_BACK, CaseStep.WITHDRAW)
        if step in case.may
    ]
    if others:
        parts += [ft.Container(height=16), ft.Row(others, spacing=8, run_spacing=8, wrap=True)]
    main = next((step for step in (CaseStep.APPROVE, CaseStep.ASK) if step in case.may), None)
    if main is None:
        return None, parts
    usable = not refused(case.findings)
    button = primary_button(
        step_word(main, case.state), on_click=to(main) if usable else None, identifier=f"case-{main}", busy=is_busy
    )
    return button, parts


def _standing(case: TeamCase) -> ft.Control:
    lines: list[ft.Control] = [ft.Row([badge(state_word(case.state), state_tone(case.state))])]
    if said := answer_words(case):
        lines.append(body(said))
    if case.remark:
        lines.append(note(t("总行：{words}", words=case.remark), color=Role.WARN))
    lines.append(note(t("{name} 提出", name=case.proposed_by.name)))
    return card(lines)


def _stops(case: TeamCase) -> list[ft.Control]:
    if not case.findings or case.state is CaseState.WITHDRAWN:
        return []
    stop = refused(case.findings)
    words = t_n("还有 {n} 处能认出人", len(stop)) if stop else t_n("有 {n} 处请再看一眼", len(case.findings))
    texts = dict(case.text.texts())
    rows: list[ft.Control] = [body(words, bold=True, color=Role.BAD if stop else Role.WARN)]
    rows += [
        note(
            t(
                "{place}：“{words}” · {kind}",
                place=place_word(each.where),
                words=texts[each.where][each.start : each.end],
                kind=finding_word(each.kind),
            ),
            color=Role.INK,
        )
        for each in case.findings
    ]
    return [card(rows), ft.Container(height=12)]


def _changes(case: TeamCase) -> list[ft.Control]:
    """What each later version changed, the latest first, in words rather than colours alone."""
    parts: list[ft.Control] = []
    for before, after in reversed(list(zip(case.versions, case.versions[1:], strict=False))):
        parts += [
            section_header(t("第 {n} 版改了什么", n=after.version), after.written_by.name, quiet=True),
            card(_change_rows(before, after), spacing=6),
        ]
    return parts


def _change_rows(before: CaseVersion, after: CaseVersion) -> list[ft.Control]:
    old, new = _by_place(before.text), _by_place(after.text)
    rows: list[ft.Control] = []
    for where in [*new, *(each for each in old if each not in new)]:
        was, now = old.get(where, ""), new.get(where, "")
        if was != now:
            rows.append(note(place_word(where), bold=True))
            rows += [note(t("改前：{words}", words=was))] if was else []
            rows.append(body(t("改后：{words}", words=now) if now else t("删去了")))
    return rows or [note(t("只改了场景。"))]


def _by_place(text: CaseText) -> dict[str, str]:
    return {where: words for where, words in text.texts() if where != "topic"}
