"""The recording of a call behind a figure: one tap has it played, in a tab or player of its own; or when it was deleted."""

from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, keyed, use_state
from app_client.i18n import t, t_date, t_duration
from app_client.session_context import use_session
from app_client.team.actions import listen
from app_client.theme import Role
from app_client.widgets import note, quiet_button
from shared_models.errors import DomainError
from shared_models.team import TeamActivity


def deleted_note(activity: TeamActivity) -> list[ft.Control]:
    """When a recording was deleted; nothing where none was."""
    day = activity.recording_deleted_on
    return [] if day is None else [note(t("录音已按规定删除：{day}", day=t_date(day)))]


def listen_button(activity: TeamActivity, name: str = "") -> list[ft.Control]:
    """The way to hear a call; nothing where there is no recording. `name` tells it from others in a list, where it stands among more buttons."""
    if activity.recording_id is None:
        return []
    return [
        keyed(
            f"listen-{activity.recording_id}",
            Listen,
            recording_id=activity.recording_id,
            seconds=activity.recording_seconds,
            name=name,
            identifier=f"listen-{activity.id}",
        )
    ]


@component
def Listen(*, recording_id: UUID, seconds: int | None, name: str, identifier: str) -> ft.Control:
    """A button that has the recording played; beneath it why that failed, if it did."""
    session = use_session()
    busy, set_busy = use_state(False)
    trouble, set_trouble = use_state("")

    async def play() -> None:
        set_busy(True)
        set_trouble("")
        try:
            if not await listen(session, recording_id):
                set_trouble(t("这台设备打不开录音，换一台设备再试。"))
        except DomainError as error:
            set_trouble(error_words(error))
        set_busy(False)

    words = t("听录音") if seconds is None else t("听录音 · {duration}", duration=t_duration(seconds))
    button = quiet_button(
        words,
        spoken=f"{words} {name}" if name else "",
        icon=ft.Icons.HEADPHONES_OUTLINED,
        filled=not name,
        on_click=None if busy else play,
        identifier=identifier,
    )
    return ft.Column(
        [ft.Row([button], tight=True), *([note(trouble, color=Role.BAD, lines=2)] if trouble else [])],
        spacing=4,
        tight=True,
    )
