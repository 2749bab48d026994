"""The taps that open the one call sheet from any screen, and the hook by which the root mounts it, so that it outlives a change of screen."""

import asyncio
from dataclasses import replace
from uuid import UUID

import flet as ft

from app_client.calls import actions
from app_client.calls.desk import CallDesk, Prefill, call_desk
from app_client.calls.queries import call_in_progress, call_subject
from app_client.calls.sheet import call_sheet
from app_client.errors import error_words
from app_client.flet_typed import component, use_observed
from app_client.i18n import t
from app_client.session import AppSession
from app_client.session_context import use_store_version
from app_client.shell.screen import announce
from app_client.widgets import (
    Tap,
    Tone,
    banner,
)
from shared_models.errors import DomainError


def call_customer(session: AppSession, customer_id: UUID, phone: str) -> Tap:
    """A tap that dials, starts the clock and opens the sheet; the dialler covers it until the person comes back."""

    async def call() -> None:
        page = ft.context.page
        subject = call_subject(session, customer_id)
        if subject is None:
            announce(page, t("这位客户已不在你的名下。"))
            return
        try:
            started = await actions.dial(session, customer_id, phone)
        except DomainError as error:
            announce(page, error_words(error))
            return
        call_desk(page).open_timed(subject, started)

    return call


def record_call(session: AppSession, customer_id: UUID) -> Tap:
    """A tap that opens the sheet for a call made elsewhere."""

    def record() -> None:
        subject = call_subject(session, customer_id)
        if subject is not None:
            call_desk(ft.context.page).open_untimed(subject)

    return record


def resume_call(session: AppSession) -> Tap:
    """A tap that opens the sheet again for the call that was dialled and not logged."""

    def resume() -> None:
        reopen_call(ft.context.page, session)

    return resume


def reopen_call(page: ft.Page, session: AppSession) -> None:
    """Show the sheet of the call in progress, if there is one; after a reload or a restart too."""
    call = call_in_progress(session)
    subject = call_subject(session, call.customer_id) if call is not None else None
    if call is not None and subject is not None:
        call_desk(page).open_timed(subject, call)


def take_up_call(page: ft.Page, session: AppSession) -> None:
    """Show the sheet that the lock took away, as it was; else that of the call in progress."""
    desk = call_desk(page)
    if desk.subject is not None:
        subject = call_subject(session, desk.subject.customer_id)
        if subject is None:
            desk.close()
        else:
            desk.take_up(subject, call_in_progress(session))
    if desk.subject is None:
        reopen_call(page, session)


def edit_call_anew(session: AppSession, customer_id: UUID, prefill: Prefill) -> Tap:
    """A tap that opens the sheet with what a held call said; logging it dismisses the held one."""

    def edit() -> None:
        subject = call_subject(session, customer_id)
        if subject is None:
            announce(ft.context.page, t("这位客户已不在你的名下。"))
            return
        call_desk(ft.context.page).open_untimed(subject, prefill)

    return edit


async def came_back(page: ft.Page, session: AppSession) -> None:
    """The page is seen again: the dialled call ends here as far as the phone can know."""
    desk = call_desk(page)
    returned = await actions.note_return(session)
    if returned is None:
        return
    if desk.subject is None:
        reopen_call(page, session)
    elif desk.call is not None and desk.call.customer_id == returned.customer_id:
        desk.call = replace(desk.call, returned_at=returned.returned_at)


def use_call_sheet(desk: CallDesk, session: AppSession | None) -> None:
    """A hook for the root: shows the sheet while the desk has a call on it."""
    use_observed(desk)
    serial, ticks = desk.serial, session is not None and desk.is_ticking()

    async def tick() -> None:
        while ticks and desk.serial == serial and desk.is_ticking():
            await asyncio.sleep(1)
            desk.beats += 1

    ft.use_effect(tick, [serial, ticks])
    ft.use_dialog(call_sheet(desk, session) if session is not None and desk.subject is not None else None)


@component
def UnloggedCall(*, session: AppSession) -> ft.Control:
    """Reminds of a dialled call whose sheet was put away; nothing when there is none."""
    use_store_version(session)
    desk = use_observed(call_desk(ft.context.page))
    call = call_in_progress(session) if desk.subject is None else None
    subject = call_subject(session, call.customer_id) if call is not None else None
    if subject is None:
        return ft.Container(visible=False)
    return ft.Container(
        banner(
            t("给{name}的电话还没有记录", name=subject.name),
            tone=Tone.GOLD,
            action=t("记录"),
            on_action=resume_call(session),
        ),
        padding=ft.Padding(bottom=12),
    )
