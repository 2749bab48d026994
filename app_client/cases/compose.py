"""The page on which a head writes a case: what it is about, who said what, what one takes from it; and, as it is typed, whom it tells of."""

from uuid import uuid4

import flet as ft

from app_client.cases.actions import save_case, take_step
from app_client.cases.form import CaseForm, Line
from app_client.cases.words import done_words, finding_word, place_word
from app_client.errors import error_words
from app_client.flet_typed import component, use_observed
from app_client.i18n import t, t_n
from app_client.playbook.words import TOPICS, category_word, channel_word, speaker_word, topic_word
from app_client.session import AppSession
from app_client.session_context import app_state, go, use_session, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.theme import Role
from app_client.widgets import (
    Tap,
    Tone,
    banner,
    body,
    card,
    chips,
    icon_button,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    text_field,
)
from shared_models.cases import MOST_TURNS, CaseChannel, CaseStep, Speaker, TellsWhoItIs
from shared_models.errors import DomainError
from shared_models.identifiers import Finding, Identifiers, refused
from shared_models.products import ProductCategory

ADDRESS = "/cases/compose"
_FORM = "case"
MOST_TITLE, MOST_TEXT = 40, 600


def compose(form: CaseForm) -> None:
    """Write this case, on a page of its own, from which back returns to the present one."""
    form.opened_from = ft.context.page.route
    app_state().unfinished[_FORM] = form
    go(ADDRESS)


@component
def ComposeScreen() -> ft.View:
    """A case being written; what is typed outlives the lock."""
    session = use_session()
    form = use_observed(use_unfinished(_FORM, _empty))
    if form.activity_id is None and not form.from_version:
        return shell_view(route=ADDRESS, heading=t("写案例"), content=[_from_where()], on_back=lambda: go("/cases"))
    found = form.findings()
    return shell_view(
        route=ADDRESS,
        heading=t("写案例") if not form.from_version else t("修改案例"),
        subtitle=t("取自{name}的工作，只写文字，没有录音", name=form.who.advisor_name or t("客户经理")),
        content=[
            *([banner(form.trouble, tone=Tone.BAD), ft.Container(height=8)] if form.trouble else []),
            *_scene(form),
            *_texts(form),
            section_header(t("能不能认出人")),
            _check(form, found),
        ],
        bottom=_actions(session, form, found),
        on_back=lambda: go(form.opened_from),
    )


def _empty() -> CaseForm:
    return CaseForm(uuid4(), who=Identifiers())


def _from_where() -> ft.Control:
    return banner(t("案例从一次通话或面访做起：在“团队”里点开一条记录，再点“写成案例”。"), tone=Tone.BRAND)


def _scene(form: CaseForm) -> list[ft.Control]:
    categories: list[tuple[str, str]] = [("", t("不限"))]
    categories += [(category.value, category_word(category)) for category in ProductCategory]

    def pick_category(value: str) -> None:
        form.category = ProductCategory(value) if value else None

    return [
        segments(
            [(channel, channel_word(channel)) for channel in CaseChannel],
            selected=form.channel,
            on_pick=lambda channel: setattr(form, "channel", channel),
            identifier="case-channel",
        ),
        section_header(t("什么场景")),
        chips(
            [(topic, topic_word(topic)) for topic in TOPICS],
            selected=form.topic or None,
            on_pick=lambda topic: setattr(form, "topic", topic),
            identifier="case-topic",
        ),
        section_header(t("关于哪类产品"), quiet=True),
        chips(
            categories,
            selected=form.category.value if form.category else "",
            on_pick=pick_category,
            identifier="case-category",
        ),
    ]


def _texts(form: CaseForm) -> list[ft.Control]:
    return [
        section_header(t("写什么")),
        text_field(
            t("标题，一句话说清学什么"),
            value=form.title,
            on_change=lambda text: setattr(form, "title", text),
            identifier="case-title",
            max_length=MOST_TITLE,
        ),
        ft.Container(height=8),
        text_field(
            t("当时的情况"),
            value=form.situation,
            on_change=lambda text: setattr(form, "situation", text),
            identifier="case-situation",
            multiline=True,
            max_length=MOST_TEXT,
        ),
        section_header(t("怎么说的")),
        *[part for number, line in enumerate(form.lines) for part in _line(form, line, number)],
        *_more_lines(form),
        section_header(t("学什么")),
        text_field(
            t("一两句话，别人下次能照着做"),
            value=form.lesson,
            on_change=lambda text: setattr(form, "lesson", text),
            identifier="case-lesson",
            multiline=True,
            max_length=MOST_TEXT,
        ),
    ]


def _line(form: CaseForm, line: Line, number: int) -> list[ft.Control]:
    def say(text: str) -> None:
        form.say(line.key, text)

    def drop() -> None:
        form.drop_line(line.key)

    field = text_field(
        speaker_word(line.speaker),
        value=line.text,
        on_change=say,
        identifier=f"case-line-{line.key}",
        multiline=True,
        max_length=MOST_TEXT,
    )
    drop_it = icon_button(
        ft.Icons.DELETE_OUTLINE,
        label=t("去掉第 {n} 句", n=number + 1),
        on_click=drop if len(form.lines) > 1 else None,
        identifier=f"drop-line-{line.key}",
        color=Role.MUTE,
    )
    return [
        ft.Row([ft.Container(field, expand=True), drop_it], spacing=4, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        ft.Container(height=8),
    ]


def _more_lines(form: CaseForm) -> list[ft.Control]:
    if len(form.lines) >= MOST_TURNS:
        return [note(t("最多 {n} 句，留最要紧的。", n=MOST_TURNS))]

    def add(speaker: Speaker) -> Tap:
        return lambda: form.add_line(speaker)

    return [
        ft.Row(
            [
                quiet_button(
                    t("加一句：{who}", who=speaker_word(speaker)),
                    icon=ft.Icons.ADD,
                    on_click=add(speaker),
                    identifier=f"add-line-{speaker}",
                )
                for speaker in (Speaker.CUSTOMER, Speaker.ADVISOR)
            ],
            spacing=0,
            wrap=True,
        )
    ]


def _check(form: CaseForm, found: list[Finding]) -> ft.Control:
    """What tells who somebody is, while it is typed; each with its place and what to write instead."""
    stop = refused(found)
    if not found:
        return ft.Semantics(
            content=banner(t("没有发现能认出人的内容。交上去时还会用银行的资料再查一遍。"), tone=Tone.OK),
            identifier="case-check",
            live_region=True,
            container=True,
        )
    heading = t_n("还有 {n} 处能认出人", len(stop)) if stop else t_n("有 {n} 处请再看一眼", len(found))
    tone = Tone.BAD if stop else Tone.WARN
    icon = ft.Icons.VISIBILITY_OUTLINED
    rows: list[ft.Control] = [
        ft.Semantics(
            content=ft.Row(
                [ft.Icon(icon, size=20, color=tone.text), body(heading, bold=True, color=tone.text)], spacing=8
            ),
            identifier="case-check",
            live_region=True,
            container=True,
        )
    ]
    rows += [
        note(
            t(
                "{place}：“{words}” · {kind}",
                place=place_word(each.where),
                words=form.excerpt(each),
                kind=finding_word(each.kind),
            ),
            color=Role.INK,
        )
        for each in found
    ]
    return card(rows)


def _missing(form: CaseForm) -> list[str]:
    """What there is no case without."""
    parts = {
        t("场景"): bool(form.topic),
        t("标题"): bool(form.title.strip()),
        t("情况"): bool(form.situation.strip()),
        t("至少一句话"): bool(form.spoken()),
        t("学什么"): bool(form.lesson.strip()),
    }
    return [word for word, is_there in parts.items() if not is_there]


def _actions(session: AppSession, form: CaseForm, found: list[Finding]) -> ft.Control:
    edit = form.edit()
    is_clean = not refused(found)

    async def save(*, ask: bool) -> None:
        page = ft.context.page
        if edit is None:
            return
        form.is_busy, form.trouble = True, ""
        try:
            case = await save_case(session, form.case_id, edit)
            form.from_version = case.version
            if ask and refused(case.findings):
                raise TellsWhoItIs(refused(case.findings))
            if ask:
                case = await take_step(session, case, CaseStep.ASK)
        except DomainError as error:
            form.trouble = error_words(error)
            return
        finally:
            form.is_busy = False
        announce(page, done_words(case))
        page.navigate(f"/cases/{case.id}")

    async def keep() -> None:
        await save(ask=False)

    async def ask() -> None:
        await save(ask=True)

    name = form.who.advisor_name or t("本人")
    # In sight wherever one types.
    stop = [] if is_clean else [note(t_n("还有 {n} 处能认出人", len(refused(found))), color=Role.BAD, bold=True)]
    if edit is None:
        return ft.Column(
            [
                *stop,
                note(t("还差：{what}", what=t("、").join(_missing(form)))),
                primary_button(t("请{name}看", name=name), on_click=None, identifier="case-ask"),
            ],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return ft.Column(
        [
            *stop,
            primary_button(
                t("请{name}看", name=name),
                on_click=ask if is_clean else None,
                identifier="case-ask",
                busy=form.is_busy,
            ),
            quiet_button(t("先存为草稿"), on_click=None if form.is_busy else keep, identifier="case-save"),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
