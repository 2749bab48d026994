"""The card of one's own hints and the sheet that takes a sentence to each; shown where the day is looked back on."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import observable, use_observed
from app_client.hints.actions import answer_hint
from app_client.hints.queries import DayHints, HintView
from app_client.hints.words import hint_figures, hint_word, standing_words
from app_client.i18n import t, t_n, t_time
from app_client.session import AppSession
from app_client.session_context import dismissal, use_unfinished
from app_client.shell.screen import announce
from app_client.widgets import Place, Tap, Tone, banner, line_row, note, primary_button, sheet, text_field
from shared_models.errors import DomainError
from shared_models.hint_answers import MOST_ANSWER, HintCode

_MOST_NAMED = 6


@observable
class HintForm:
    """What the sheet shows: the hints of `day`, or the one that is being answered with what has been written so far."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.asked: tuple[HintCode, UUID] | None = None
        self.text = ""
        self.trouble = ""

    def open(self, day: date) -> None:
        """Show the hints of that day."""
        self.day = day

    def ask(self, view: HintView) -> None:
        """Ask for a sentence to one of them."""
        self.asked = view.key
        self.text = view.hint.answer.text if view.hint.answer else ""
        self.trouble = ""

    def back(self) -> None:
        """Show all of them again."""
        self.asked = None
        self.text = self.trouble = ""

    def close(self) -> None:
        """Put the sheet away."""
        self.day = None
        self.back()


def use_hints(session: AppSession, hints: DayHints) -> list[ft.Control]:
    """A hook: mounts the sheet, and returns the card that opens it; nothing on a day without hints."""
    form = use_observed(use_unfinished("hints", HintForm))
    is_open = form.day == hints.day and bool(hints.hints)
    ft.use_dialog(_sheet(form, session, hints) if is_open else None)
    return _card(hints, lambda: form.open(hints.day))


def _card(hints: DayHints, on_click: Tap) -> list[ft.Control]:
    if not hints.hints:
        return []
    words = t_n("有 {n} 处可以说明一下", hints.open) if hints.open else t_n("{n} 处都已说明", len(hints.hints))
    return [
        ft.Container(height=12),
        line_row(
            words,
            detail=t("只是请你说一句，不影响任何数字"),
            icon=ft.Icons.CHAT_BUBBLE_OUTLINE,
            on_click=on_click,
            identifier="hints",
        ),
    ]


def _sheet(form: HintForm, session: AppSession, hints: DayHints) -> ft.BottomSheet:
    asked = next((each for each in hints.hints if each.key == form.asked), None)
    if asked is not None:
        return _answering(form, session, hints, asked)
    rows = [_row(each, hints, form.ask, Place.of(index, len(hints.hints))) for index, each in enumerate(hints.hints)]
    return sheet(
        [
            ft.Column(rows, spacing=0, tight=True),
            note(t("负责人看到的是同样的话，你的说明会附在下面。")),
        ],
        heading=t("可以说明一下的记录"),
        subtitle=standing_words(len(hints.hints), hints.open),
        on_dismiss=dismissal(form.close),
        tall=True,
    )


def _row(view: HintView, hints: DayHints, on_ask: Callable[[HintView], object], place: Place) -> ft.Control:
    answer = view.hint.answer
    figures = hint_figures(view.hint, hints.policy, is_visit=view.about[0].is_visit)
    said = t("你的说明：{text}", text=answer.text) if answer else t("点一下，写一句说明")
    return line_row(
        hint_word(view.hint.code),
        detail="\n".join((about_words(view), figures, said)),
        icon=ft.Icons.CHAT_OUTLINED if answer else ft.Icons.CHAT_BUBBLE_OUTLINE,
        on_click=lambda: on_ask(view),
        place=place,
        identifier=f"hint-{view.hint.code}-{view.hint.group}",
    )


def about_words(view: HintView) -> str:
    """`09:14 陈立新、09:16 王芳 等 5 条`."""
    named = [
        t("{at} {name}", at=t_time(each.at), name=each.name or t("已转出的客户")) for each in view.about[:_MOST_NAMED]
    ]
    words = t("、").join(named)
    return t_n("{names} 等 {n} 条", len(view.about), names=words) if len(view.about) > len(named) else words


def _answering(form: HintForm, session: AppSession, hints: DayHints, view: HintView) -> ft.BottomSheet:
    async def save() -> None:
        page = ft.context.page
        if not form.text.strip():
            form.trouble = t("写一句就好")
            return
        try:
            await answer_hint(session, view, form.text)
        except DomainError as error:
            form.trouble = error_words(error)
            return
        # Back to the others, if any waits for a word.
        if hints.open - (view.hint.answer is None) > 0:
            form.back()
        else:
            form.close()
        announce(page, t("说明已保存"))

    return sheet(
        [
            *([banner(form.trouble, tone=Tone.WARN)] if form.trouble else []),
            note(hint_figures(view.hint, hints.policy, is_visit=view.about[0].is_visit)),
            note(about_words(view)),
            text_field(
                t("说明"),
                value=form.text,
                on_change=lambda text: setattr(form, "text", text),
                hint=t("例如：上午在外拜访，回来后一起登记"),
                identifier="hint-answer",
                multiline=True,
                max_length=MOST_ANSWER,
            ),
            primary_button(t("保存说明"), on_click=save, identifier="save-hint-answer"),
        ],
        heading=hint_word(view.hint.code),
        on_dismiss=dismissal(form.close),
        on_back=form.back,
        typed=True,
    )
