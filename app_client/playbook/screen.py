"""The playbook: cases by what they are about, to be read without a network; own ones that wait for a word stand first."""

from collections.abc import Callable, Sequence
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed, use_state
from app_client.i18n import t, t_n
from app_client.playbook.actions import answer
from app_client.playbook.queries import OwnCase, Shelf, found, shelf
from app_client.playbook.reading import case_parts
from app_client.playbook.words import TOPICS, scene_words, standing_words, topic_word
from app_client.session import AppSession
from app_client.session_context import go, use_session, use_store_version, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    chips,
    detail_pane,
    empty_state,
    line_row,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    text_field,
    title,
    use_wide,
)
from shared_models.cases import SharedCase
from shared_models.errors import DomainError

_ALL = ""


@observable
class Browsing:
    """What is looked for in the playbook, and which case is read beside it."""

    def __init__(self) -> None:
        self.words = ""
        self.topic: str | None = None
        self.chosen: UUID | None = None

    def look_for(self, words: str) -> None:
        """Look for other words."""
        self.words = words

    def look_at_topic(self, topic: str) -> None:
        """Look at one topic, or at all."""
        self.topic = topic or None


@component
def PlaybookScreen() -> ft.View:
    """Every case there is; on a wide screen with the chosen one beside it."""
    session = use_session()
    version = use_store_version(session)
    wide = use_wide()
    browsing = use_observed(use_unfinished("playbook", Browsing))
    all_of_it = ft.use_memo(lambda: shelf(session), [version])
    cases = found(all_of_it.cases, words=browsing.words, topic=browsing.topic)
    own = all_of_it.own if not browsing.words and browsing.topic is None else ()

    def open_case(case_id: UUID) -> None:
        if wide:
            browsing.chosen = case_id
        else:
            go(f"/playbook/{case_id}")

    first = own[0].draft.id if own else cases[0].id if cases else None
    beside = browsing.chosen or first
    return shell_view(
        route="/playbook",
        heading=t("话术案例"),
        subtitle=t_n("{n} 个案例，都已隐去客户信息", len(all_of_it.cases)),
        content=[
            text_field(
                t("搜一句话、一个词"),
                value=browsing.words,
                on_change=browsing.look_for,
                identifier="case-search",
                icon=ft.Icons.SEARCH,
            ),
            ft.Container(height=8),
            *_topics(all_of_it, browsing),
            *_own(own, open_case),
            *_cases(cases, all_of_it, open_case, browsing),
        ],
        detail=_detail(beside) if wide else None,
        on_back=lambda: go("/me"),
    )


@component
def CaseScreen() -> ft.View:
    """One case's page: to be read, or where it is the advisor's own, to be agreed to."""
    session = use_session()
    version = use_store_version(session)
    address = use_address("case_id")
    all_of_it = ft.use_memo(lambda: shelf(session), [version])
    own, case = _of_id(all_of_it, address.id)
    bottom, ways = use_answer(session, own)
    heading = own.draft.title if own else case.title if case else t("话术案例")
    return shell_view(
        route=address.path or "/playbook/none",
        heading=heading,
        content=_content(own, case, ways),
        bottom=bottom,
        on_back=lambda: go("/playbook"),
    )


@component
def CasePane(*, case_id: UUID) -> ft.Control:
    """One case beside the list of a wide screen."""
    session = use_session()
    version = use_store_version(session)
    all_of_it = ft.use_memo(lambda: shelf(session), [version])
    own, case = _of_id(all_of_it, case_id)
    bottom, ways = use_answer(session, own)
    heading = own.draft.title if own else case.title if case else t("话术案例")
    actions = [ft.Container(height=16), bottom] if bottom is not None else []
    return detail_pane([title(heading), ft.Container(height=12), *_content(own, case, ways), *actions])


def _of_id(all_of_it: Shelf, case_id: UUID | None) -> tuple[OwnCase | None, SharedCase | None]:
    own = next((each for each in all_of_it.own if each.draft.id == case_id), None)
    return own, next((each for each in all_of_it.cases if each.id == case_id), None)


def _detail(case_id: UUID | None) -> ft.Control:
    if case_id is None:
        return empty_state(t("点一个案例"), icon=ft.Icons.AUTO_STORIES_OUTLINED)
    return keyed(str(case_id), CasePane, case_id=case_id)


def _content(own: OwnCase | None, case: SharedCase | None, ways: Sequence[ft.Control]) -> list[ft.Control]:
    if own is not None:
        return [_standing(own), ft.Container(height=12), *case_parts(own.draft), *ways]
    if case is not None:
        return case_parts(case, credit=case.credit or "")
    return [
        empty_state(
            t("这个案例已经收回"),
            t("本人或总行收回后，所有手机上都不再保留。"),
            icon=ft.Icons.AUTO_STORIES_OUTLINED,
            action=t("看别的案例"),
            on_action=lambda: go("/playbook"),
        )
    ]


# -- the list


def _topics(all_of_it: Shelf, browsing: Browsing) -> list[ft.Control]:
    """A chip for each topic that has a case."""
    there = {case.topic for case in all_of_it.cases}
    topics = [topic for topic in TOPICS if topic in there] + sorted(there - set(TOPICS))
    if len(topics) < 2:
        return []
    parts = [
        chips(
            [(key, word)],
            selected=key if (browsing.topic or _ALL) == key else None,
            on_pick=browsing.look_at_topic,
            identifier="topic",
        )
        for key, word in [(_ALL, t("全部")), *((topic, topic_word(topic)) for topic in topics)]
    ]
    return [ft.Row([*parts], spacing=8, scroll=ft.ScrollMode.HIDDEN)]


def _own(own: Sequence[OwnCase], open_case: Callable[[UUID], object]) -> list[ft.Control]:
    if not own:
        return []
    rows = [
        line_row(
            each.draft.title,
            detail=standing_words(each),
            icon=ft.Icons.HOW_TO_REG_OUTLINED if each.is_open else ft.Icons.PERSON_OUTLINE,
            on_click=_open(open_case, each.draft.id),
            place=Place.of(index, len(own)),
            identifier=f"own-{each.draft.id}",
        )
        for index, each in enumerate(own)
    ]
    return [section_header(t("取自我的工作")), *rows]


def _cases(
    cases: Sequence[SharedCase], all_of_it: Shelf, open_case: Callable[[UUID], object], browsing: Browsing
) -> list[ft.Control]:
    if cases:
        rows = [
            line_row(
                case.title,
                detail=scene_words(case),
                on_click=_open(open_case, case.id),
                place=Place.of(index, len(cases)),
                identifier=f"case-{case.id}",
            )
            for index, case in enumerate(cases)
        ]
        return [section_header(t("大家的"), t_n("{n} 个案例", len(cases))), *rows]
    if all_of_it.cases:

        def clear() -> None:
            browsing.words, browsing.topic = "", None

        return [
            empty_state(
                t("没有找到"), t("换个词试试。"), icon=ft.Icons.SEARCH_OFF, action=t("清除条件"), on_action=clear
            )
        ]
    return [
        empty_state(
            t("还没有案例"), t("好的说法经本人同意、总行批准后，会出现在这里。"), icon=ft.Icons.AUTO_STORIES_OUTLINED
        )
    ]


def _open(open_case: Callable[[UUID], object], case_id: UUID) -> Tap:
    return lambda: open_case(case_id)


# -- the advisor's word


def _standing(own: OwnCase) -> ft.Control:
    if own.is_open:
        words = t("下面就是要分享的全部内容，一字不多。没有录音，也不会带上客户或这次通话的任何编号。")
        return banner(words, tone=Tone.BRAND, icon=ft.Icons.HOW_TO_REG_OUTLINED)
    is_no = own.said is not None and not own.said.granted
    tone = Tone.PLAIN if is_no else Tone.OK
    return banner(standing_words(own), tone=tone, icon=ft.Icons.INFO_OUTLINE if is_no else ft.Icons.CHECK_CIRCLE)


def use_answer(session: AppSession, own: OwnCase | None) -> tuple[ft.Control | None, list[ft.Control]]:
    """A hook: the one action that suits how an own case stands, and what else may be said, beneath the text."""
    with_name, set_with_name = use_state(False)
    remark, set_remark = use_state("")
    if own is None:
        return None, []

    async def say(*, granted: bool) -> None:
        page = ft.context.page
        try:
            await answer(session, own.draft, granted=granted, with_name=with_name, note=remark)
        except DomainError as error:
            announce(page, error_words(error))
            return
        announce(page, t("已同意，网络一通就告诉总行") if granted else t("已记下：不同意分享"), lifted=1)

    async def agree() -> None:
        await say(granted=True)

    async def refuse() -> None:
        await say(granted=False)

    if own.is_granted:
        ways: list[ft.Control] = [
            ft.Container(height=16),
            quiet_button(t("收回同意"), on_click=refuse, identifier="case-refuse", tone=Tone.BAD, filled=True),
            ft.Container(
                note(t("收回后，这个案例会从所有手机上消失。"), align=ft.TextAlign.CENTER),
                alignment=ft.Alignment.CENTER,
                padding=ft.Padding.symmetric(vertical=8),
            ),
        ]
        return None, ways
    ways = [
        section_header(t("要不要署名")),
        segments(
            [(False, t("不署名")), (True, t("署我的名字"))],
            selected=with_name,
            on_pick=set_with_name,
            identifier="with-name",
        ),
        ft.Container(height=12),
        text_field(
            t("想说的话（可不填）"),
            value=remark,
            on_change=set_remark,
            identifier="case-remark",
            multiline=True,
            max_length=500,
        ),
    ]
    if own.is_open:
        ways += [
            ft.Container(height=8),
            quiet_button(t("不同意"), on_click=refuse, identifier="case-refuse", tone=Tone.PLAIN),
        ]
    return primary_button(t("同意分享这一版"), on_click=agree, identifier="case-agree"), ways
