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


def recording_line(activity: TeamActivity) -> ft.Control | None:
    """What there is of a call's recording; None where there never was one."""
    if activity.recording_deleted_on is not None:
        return note(t("录音已按规定删除：{day}", day=t_date(activity.recording_deleted_on)))
    if activity.recording_id is None:
        return None
    return keyed(
        f"listen-{activity.recording_id}",
        Listen,
        recording_id=activity.recording_id,
        seconds=activity.recording_seconds,
        identifier=f"listen-{activity.id}",
    )


@component
def Listen(*, recording_id: UUID, seconds: int | None, identifier: str) -> ft.Control:
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
        icon=ft.Icons.HEADPHONES_OUTLINED,
        filled=True,
        on_click=None if busy else play,
        identifier=identifier,
    )
    return ft.Column(
        [ft.Row([button]), *([note(trouble, color=Role.BAD, lines=2)] if trouble else [])], spacing=4, tight=True
    )
