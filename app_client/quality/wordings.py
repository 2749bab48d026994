"""The list of wordings for head office: words and exceptions of each rule, tried on a sentence before anybody is checked by it; saving makes a version."""

from collections.abc import Callable, Sequence

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_observed, use_state
from app_client.i18n import t, t_date, t_n
from app_client.quality.actions import fetch_wordings, save_wordings
from app_client.quality.queries import Tried, tried
from app_client.quality.wording_form import Opened, WordingForm, Words
from app_client.quality.words import exemption_words, severity_word
from app_client.session import AppSession
from app_client.session_context import dismissal, go, use_session, use_unfinished
from app_client.shell.queries import bank_timezone
from app_client.shell.screen import announce, shell_view
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    body,
    card,
    chips,
    detail_pane,
    empty_state,
    error_state,
    icon_button,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    sheet,
    tappable,
    text_field,
    title,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.policy import zone
from shared_models.wordings import Context, Duty, Effect, Exemption, Severity, Side, Thresholds, WordingList, WordRule

_MOST_TRIED = 300
_MOST_WORDS = 200
_NEAR, _FAR = 2, 12
_CONTEXTS = (
    Opened(effect=Effect.DENIES),
    Opened(effect=Effect.EXCUSES),
    Opened(effect=Effect.EXCUSES, side=Side.AFTER),
    Opened(effect=Effect.PLAIN),
)


@component
def WordingsScreen() -> ft.View:
    """The list in force and the draft of the next one."""
    session, wide = use_session(), use_wide()
    form = use_observed(use_unfinished("wordings", WordingForm))
    trouble, set_trouble = use_state("")

    async def take() -> None:
        set_trouble("")
        try:
            form.take(await fetch_wordings(session))
        except DomainError as error:
            set_trouble(error_words(error))

    async def first() -> None:
        if form.taken is None:
            await take()

    ft.use_effect(first, [])
    pane = _opened(form) if form.opened is not None and form.taken is not None else None
    ft.use_dialog(
        sheet(
            pane,
            heading=_opened_word(form),
            on_dismiss=dismissal(lambda: form.open(None)),
            tall=True,
            typed=True,
        )
        if pane is not None and not wide
        else None
    )
    return shell_view(
        route="/quality",
        heading=t("禁语词表"),
        subtitle=_version_words(session, form.taken) if form.taken is not None else "",
        content=_content(form, trouble, take),
        bottom=_save_button(session, form) if form.is_changed else None,
        detail=_detail(form, pane) if wide else None,
        on_back=lambda: go("/quality"),
    )


def _version_words(session: AppSession, taken: WordingList) -> str:
    if taken.effective_at is None:
        return t("随系统带来的第一版")
    day = t_date(taken.effective_at.astimezone(zone(bank_timezone(session))).date())
    return t("第 {n} 版 · {who} · {day}", n=taken.version, who=taken.made_by or t("命令行"), day=day)


def _content(form: WordingForm, trouble: str, take: Tap) -> list[ft.Control]:
    if form.taken is None:
        if trouble:
            return [error_state(t("取不到词表"), trouble, action=t("再试一次"), on_action=take)]
        return [loading_state(t("正在取回词表…"))]
    parts: list[ft.Control] = []
    for words in (trouble, form.trouble if form.opened is None else ""):
        if words:
            parts += [banner(words, tone=Tone.BAD), ft.Container(height=8)]
    rules, duties = form.draft.rules, form.draft.duties
    return [
        *parts,
        *_trial(form),
        section_header(t("禁语")),
        *(_rule_row(form, each, Place.of(index, len(rules))) for index, each in enumerate(rules)),
        section_header(t("应当说的话")),
        *(_rule_row(form, each, Place.of(index, len(duties))) for index, each in enumerate(duties)),
        section_header(t("旁边有这些词就不算")),
        *(_context_row(form, each, Place.of(index, len(_CONTEXTS))) for index, each in enumerate(_CONTEXTS)),
        section_header(t("通话节奏")),
        _thresholds(form, form.draft.thresholds),
    ]


# -- trying


def _trial(form: WordingForm) -> list[ft.Control]:
    """A sentence, and at once what the draft says to it."""
    found = tried(form.draft, form.sentence) if form.sentence.strip() else []
    parts: list[ft.Control] = [
        text_field(
            t("试一试：客户经理说的一句话"),
            value=form.sentence,
            on_change=lambda text: setattr(form, "sentence", text),
            identifier="try-sentence",
            hint=t("比如：这款产品保本吗"),
            max_length=_MOST_TRIED,
        )
    ]
    if form.sentence.strip():
        parts.append(
            ft.Semantics(
                content=ft.Column(
                    [_outcome(each) for each in found] or [_verdict(t("没有碰到词表里的词"), Tone.OK)],
                    spacing=4,
                    tight=True,
                ),
                identifier="tried",
                container=True,
                live_region=True,
            )
        )
    return [card(parts)]


def _outcome(each: Tried) -> ft.Control:
    if each.excuse is None:
        return _verdict(t("会报“{word}”：{rule}", word=each.word, rule=each.rule), Tone.BAD)
    return _verdict(t("不报“{word}”：旁边有“{excuse}”", word=each.word, excuse=each.excuse), Tone.OK)


def _verdict(words: str, tone: Tone) -> ft.Control:
    icon = ft.Icons.REPORT_OUTLINED if tone is Tone.BAD else ft.Icons.CHECK_CIRCLE_OUTLINE
    return ft.Row(
        [ft.Icon(icon, size=20, color=tone.mark), ft.Container(note(words, color=tone.text), expand=True)], spacing=8
    )


# -- the list


def _rule_row(form: WordingForm, rule: WordRule | Duty, place: Place) -> ft.Control:
    if isinstance(rule, WordRule):
        detail = t("{n} 个词 · {m} 个例外", n=len(rule.words), m=len(rule.exemptions) + len(rule.compounds))
    else:
        detail = t("{n} 种说法", n=len(rule.phrases))
    return line_row(
        rule.name,
        detail=detail,
        trailing=severity_word(rule.severity),
        on_click=lambda: form.open(Opened(code=rule.code)),
        place=place,
        identifier=f"rule-{rule.code}",
        selected=form.opened == Opened(code=rule.code) or None,
    )


def _context_row(form: WordingForm, opened: Opened, place: Place) -> ft.Control:
    count = sum(each.effect is opened.effect and each.side is opened.side for each in form.draft.contexts)
    heading, detail = _context_words(opened)
    return line_row(
        heading,
        detail=detail,
        trailing=t_n("{n} 个词", count),
        on_click=lambda: form.open(opened),
        place=place,
        identifier=f"contexts-{opened.effect}-{opened.side}",
        selected=form.opened == opened or None,
    )


def _context_words(opened: Opened) -> tuple[str, str]:
    match opened.effect, opened.side:
        case Effect.DENIES, _:
            return t("否定"), t("“不保本”不报；“不是不保本”要报")
        case Effect.EXCUSES, Side.BEFORE:
            return t("前面的疑问、转述"), t("“客户问是否保本”不报")
        case Effect.EXCUSES, _:
            return t("后面的疑问、驳斥"), t("“保本是不可能的”不报")
        case _:
            return t("看着像否定，其实不是"), t("“不但保本”要报")


def _thresholds(form: WordingForm, limits: Thresholds) -> ft.Control:
    shares = [(None, t("不看")), (0.7, "70%"), (0.8, "80%"), (0.9, "90%")]
    pauses = [(None, t("不看")), (15.0, t("15 秒")), (30.0, t("30 秒")), (60.0, t("60 秒"))]
    return card(
        [
            note(t("客户经理说话最多占")),
            chips(shares, selected=limits.talk_ratio, on_pick=_measure(form, "talk_ratio"), identifier="talk-ratio"),
            note(t("最长可以没人说话")),
            chips(
                pauses, selected=limits.silence_seconds, on_pick=_measure(form, "silence_seconds"), identifier="silence"
            ),
        ]
    )


def _measure(form: WordingForm, name: str) -> Callable[[float | None], None]:
    return lambda value: form.measure(**{name: value})


# -- one rule


def _detail(form: WordingForm, pane: list[ft.Control] | None) -> ft.Control:
    if pane is None:
        return detail_pane([empty_state(t("选一条来改"), icon=ft.Icons.EDIT_NOTE)])
    return detail_pane([title(_opened_word(form)), *pane])


def _opened_word(form: WordingForm) -> str:
    if form.opened is None:
        return ""
    rule = form.rule(form.opened.code)
    return rule.name if rule is not None else _context_words(form.opened)[0]


def _opened(form: WordingForm) -> list[ft.Control]:
    opened = form.opened
    assert opened is not None
    trouble = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    match form.rule(opened.code):
        case WordRule() as rule:
            parts = _rule_parts(form, rule)
        case Duty() as duty:
            parts = _duty_parts(form, duty)
        case None:
            parts = _context_parts(form, opened)
    return [ft.Column([*trouble, *parts], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _rule_parts(form: WordingForm, rule: WordRule) -> list[ft.Control]:
    return [
        *([note(rule.law)] if rule.law else []),
        _severity(form, rule),
        *_words(form, rule, Words.WORDS, t("禁语"), t("说了其中任何一个就报")),
        *_exemptions(form, rule),
        *_words(form, rule, Words.COMPOUNDS, t("只是含有这个词"), t("比如“社保本”里也有“保本”，不报")),
    ]


def _duty_parts(form: WordingForm, duty: Duty) -> list[ft.Control]:
    return [
        *([note(duty.law)] if duty.law else []),
        _severity(form, duty),
        *_words(form, duty, Words.PHRASES, t("说了其中一种就算"), ""),
        *_words(form, duty, Words.WHEN, t("提到这些才要求"), t("空着：每通电话都要求")),
    ]


def _context_parts(form: WordingForm, opened: Opened) -> list[ft.Control]:
    held = [each for each in form.draft.contexts if each.effect is opened.effect and each.side is opened.side]

    def add() -> None:
        _told(form, form.add_context(opened))

    return [
        note(_context_words(opened)[1]),
        _adding(form, "context", t("加一个词"), add),
        _removable([(each.phrase, _drop_context(form, each)) for each in reversed(held)], "context"),
    ]


def _drop_context(form: WordingForm, context: Context) -> Tap:
    return lambda: form.drop_context(context)


def _severity(form: WordingForm, rule: WordRule | Duty) -> ft.Control:
    return segments(
        [(each, severity_word(each)) for each in Severity],
        selected=rule.severity,
        on_pick=lambda severity: form.weigh(rule, severity),
        identifier="severity",
    )


def _words(form: WordingForm, rule: WordRule | Duty, words: Words, heading: str, detail: str) -> list[ft.Control]:
    held: Sequence[str] = getattr(rule, words.value)

    def add() -> None:
        _told(form, form.add_words(rule, words))

    return [
        section_header(heading, t_n("{n} 个词", len(held))),
        *([note(detail)] if detail else []),
        _adding(form, words.value, t("加一个词"), add),
        # The newest first: what was just added is seen to be there.
        _removable([(each, _drop_word(form, rule, words, each)) for each in reversed(held)], words.value),
    ]


def _drop_word(form: WordingForm, rule: WordRule | Duty, words: Words, word: str) -> Tap:
    def drop() -> None:
        if not form.drop_word(rule, words, word):
            form.trouble = t("至少要留一个词。")

    return drop


def _adding(form: WordingForm, where: str, label: str, add: Tap) -> ft.Control:
    return ft.Row(
        [
            ft.Container(
                text_field(
                    label,
                    value=form.typed.get(where, ""),
                    on_change=lambda text: form.write(where, text),
                    on_submit=add,
                    identifier=f"new-{where}",
                    max_length=_MOST_WORDS,
                ),
                expand=True,
            ),
            icon_button(
                ft.Icons.ADD,
                label=t("加上"),
                on_click=add,
                identifier=f"add-{where}",
                color=Role.ON_BRAND,
                bgcolor=Role.BRAND,
            ),
        ],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _told(form: WordingForm, is_done: bool) -> None:
    form.trouble = "" if is_done else t("这个词加不进去：要有字，一个词最多 40 个字。")


def _removable(words: Sequence[tuple[str, Tap]], identifier: str) -> ft.Control:
    """Words that go by a tap."""
    return ft.Row(
        [
            tappable(
                ft.Row(
                    [_breaking(word), ft.Icon(ft.Icons.CLOSE, size=16, color=Role.MUTE)],
                    spacing=6,
                    tight=True,
                ),
                label=t("去掉“{word}”", word=word),
                on_click=drop,
                identifier=f"drop-{identifier}-{word}",
                bgcolor=Role.TRACK,
                radius=24,
                padding=ft.Padding.symmetric(horizontal=14, vertical=15),
            )
            for word, drop in words
        ],
        spacing=8,
        run_spacing=8,
        wrap=True,
    )


def _breaking(word: str) -> ft.Text:
    """A word as wide as it is, which a long one in large type may not be: it breaks."""
    text = note(word, color=Role.INK)
    text.expand, text.expand_loose = True, True
    return text


def _exemptions(form: WordingForm, rule: WordRule) -> list[ft.Control]:
    def add() -> None:
        _told(form, form.add_exemption(rule))

    count = len(rule.exemptions)
    return [
        section_header(t("例外"), t_n("{n} 个例外", count)),
        note(t("旁边有这个词，就不报")),
        segments(
            [(Side.BEFORE, t("在前面")), (Side.AFTER, t("在后面"))],
            selected=form.side,
            on_pick=lambda side: setattr(form, "side", side),
            identifier="exemption-side",
        ),
        segments(
            [(_NEAR, t("紧挨着")), (_FAR, t("12 个字内")), (None, t("同一句"))],
            selected=form.within,
            on_pick=lambda within: setattr(form, "within", within),
            identifier="exemption-within",
        ),
        _adding(form, "exemption", t("加一个例外"), add),
        ft.Column(
            [_exemption(form, rule, each, Place.of(index, count)) for index, each in enumerate(rule.exemptions)],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    ]


def _exemption(form: WordingForm, rule: WordRule, exemption: Exemption, place: Place) -> ft.Control:
    words = exemption_words(exemption)
    return ft.Container(
        ft.Row(
            [
                ft.Container(body(words), expand=True),
                icon_button(
                    ft.Icons.CLOSE,
                    label=t("去掉“{word}”", word=words),
                    on_click=lambda: form.drop_exemption(rule, exemption),
                    identifier=f"drop-exemption-{exemption.phrase}",
                    color=Role.MUTE,
                ),
            ],
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
        padding=ft.Padding(left=16, right=4, top=2, bottom=2),
    )


# -- saving


def _save_button(session: AppSession, form: WordingForm) -> ft.Control:
    async def save() -> None:
        page, taken = ft.context.page, form.taken
        if taken is None:
            return
        form.is_busy, form.trouble = True, ""
        try:
            made = await save_wordings(session, taken.version, form.draft)
        except DomainError as error:
            form.is_busy = False
            form.open(None)
            form.trouble = _refusal_words(error)
            return
        form.is_busy = False
        form.take(made)
        announce(page, t("第 {n} 版已生效；以前的结果不变", n=made.version))

    async def start_over() -> None:
        try:
            current = await fetch_wordings(session)
        except DomainError as error:
            form.trouble = error_words(error)
            return
        form.open(None)
        form.take(current)

    return ft.Row(
        [
            quiet_button(t("不改了"), on_click=start_over, identifier="drop-draft", tone=Tone.PLAIN),
            ft.Container(
                primary_button(t("存为新版本"), on_click=save, identifier="save-wordings", busy=form.is_busy),
                expand=True,
            ),
        ],
        spacing=8,
    )


def _refusal_words(error: DomainError) -> str:
    if error.code == "stale_version":
        return t("刚有人存了新的一版。点“不改了”取最新的，再改一次。")
    return error_words(error)
