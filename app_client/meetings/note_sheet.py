"""The sheet on which is noted what somebody said: a sentence, or one that is ready."""

import flet as ft

from app_client.i18n import t
from app_client.meetings.sitting import Sitting
from app_client.session_context import dismissal
from app_client.widgets import Tap, primary_button, quiet_button, sheet, text_field
from shared_models.meetings import MeetingStep

_MOST_TEXT = 200


def note_sheet(sitting: Sitting, heading: str) -> ft.BottomSheet:
    """For whom the meeting writes a note."""
    ready = _ready(sitting.writes[0]) if sitting.writes else []
    return sheet(
        [
            text_field(
                t("说了什么"),
                value=sitting.text,
                on_change=lambda text: setattr(sitting, "text", text),
                on_submit=sitting.keep_note,
                identifier="note-text",
                max_length=_MOST_TEXT,
            ),
            ft.Row(
                [
                    quiet_button(words, on_click=_say(sitting, words), identifier=f"say-{index}", filled=True)
                    for index, words in enumerate(ready)
                ],
                spacing=8,
                run_spacing=8,
                wrap=True,
            ),
            primary_button(t("记下"), on_click=sitting.keep_note, identifier="keep-note"),
        ],
        heading=heading,
        on_dismiss=dismissal(sitting.put_note_away),
        typed=True,
    )


def _ready(step: MeetingStep) -> list[str]:
    if step is MeetingStep.EXCEPTIONS:
        return [t("客户约不到时间"), t("上午在开会"), t("名单打完了"), t("不知道怎么开口"), t("明天补上")]
    return [t("先问用途再谈产品"), t("提前一天约好"), t("讲清了风险")]


def _say(sitting: Sitting, words: str) -> Tap:
    def say() -> None:
        said = sitting.text.strip()
        if words not in said:
            sitting.text = t("；").join([said, words]) if said else words

    return say
