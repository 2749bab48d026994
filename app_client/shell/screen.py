"""The frame of every signed-in screen: the navigation of this person's role and the sync pill; no screen's content."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import flet as ft

from app_client.i18n import t
from app_client.session import AppSession
from app_client.session_context import go, state_of, use_session, use_store_version
from app_client.shell.queries import SyncMood, is_at_risk, sync_words
from app_client.widgets import NavItem, Tap, Tone, app_view, snackbar, snackbar_aside, sync_pill
from shared_models.org import Role

_TONE = {SyncMood.FINE: Tone.BRAND, SyncMood.WAITING: Tone.WARN, SyncMood.NEEDS_YOU: Tone.BAD}
_SAYING = "saying"


@dataclass(slots=True)
class Saying:
    """What is said on a snackbar, and the `bar` that says it."""

    text: str
    action: str
    on_action: Tap | None
    lifted: int
    bar: ft.SnackBar | None = None


def nav_items(role: Role) -> list[NavItem]:
    """Where this person can go: an advisor's day, or a head's team."""
    me = NavItem("/me", t("我的"), ft.Icons.PERSON_OUTLINE, ft.Icons.PERSON, also=("/playbook", "/people"))
    if role is not Role.ADVISOR:
        return [
            NavItem("/team", t("团队"), ft.Icons.GROUPS_OUTLINED, ft.Icons.GROUPS),
            NavItem("/quality", t("质检"), ft.Icons.FACT_CHECK_OUTLINED, ft.Icons.FACT_CHECK),
            NavItem("/cases", t("案例"), ft.Icons.AUTO_STORIES_OUTLINED, ft.Icons.AUTO_STORIES),
            me,
        ]
    return [
        NavItem("/today", t("今日"), ft.Icons.TODAY_OUTLINED, ft.Icons.TODAY),
        NavItem("/customers", t("客户"), ft.Icons.PEOPLE_OUTLINE, ft.Icons.PEOPLE),
        NavItem("/visits", t("面访"), ft.Icons.PLACE_OUTLINED, ft.Icons.PLACE, also=("/boards",)),
        NavItem("/evening", t("夕会"), ft.Icons.ASSESSMENT_OUTLINED, ft.Icons.ASSESSMENT),
        me,
    ]


def sync_chip(session: AppSession) -> ft.Control:
    """The sync state in plain words; a tap leads to the whole of it."""
    words = sync_words(session)
    return sync_pill(words.pill, _TONE[words.mood], on_click=lambda: go("/me"))


def shell_view(
    *,
    route: str,
    heading: str,
    content: Sequence[ft.Control] | ft.Control,
    subtitle: str = "",
    bottom: ft.Control | None = None,
    bottom_rows: int = 1,
    detail: ft.Control | None = None,
    on_back: Tap | None = None,
) -> ft.View:
    """A screen with this person's navigation and, for an advisor, the sync pill; a hook: call it in a component's body, always.

    `bottom`: its actions, in that many rows.
    """
    session = use_session()
    use_store_version(session)
    page, rows = ft.context.page, bottom_rows if bottom is not None else 0
    ft.use_effect(lambda: _lift(page, rows), [rows])
    advises = session.staff.role is Role.ADVISOR
    return app_view(
        route=route,
        heading=heading,
        subtitle=subtitle,
        content=content,
        pill=sync_chip(session) if advises else None,
        nav=nav_items(session.staff.role),
        on_navigate=go,
        bottom=bottom,
        detail=detail,
        on_back=on_back,
    )


def announce(page: ft.Page, text: str, *, action: str = "", on_action: Tap | None = None, lifted: int = 0) -> None:
    """Say what just happened, in place of what was said before: a queue of old words would offer to undo the wrong thing.

    `lifted`: over how many rows of actions, at the bottom of the screen that is shown or comes next; one that comes later
    lifts it by itself. What the device could not keep is said with it: "recorded" alone would be half the truth.
    """
    session = state_of(page).session
    if session is not None and is_at_risk(session):
        text = t("{said} · 还没存到本机，先不要关闭应用", said=text)
    _say(page, Saying(text, action, on_action, lifted=lifted))


def _say(page: ft.Page, saying: Saying) -> None:
    before = page.session.store.get(_SAYING)
    if isinstance(before, Saying) and before.bar is not None and before.bar.open:
        before.bar.open = False
        before.bar.update()
    saying.bar = snackbar(
        saying.text,
        action=saying.action,
        on_action=saying.on_action,
        aside=snackbar_aside(page.width or 0),
        lifted=saying.lifted,
    )
    page.session.store.set(_SAYING, saying)
    page.show_dialog(saying.bar)


def _lift(page: ft.Page, rows: int) -> None:
    """Say it again above the actions of the screen that has just come, if it lies on one of them."""
    saying = page.session.store.get(_SAYING)
    if isinstance(saying, Saying) and saying.lifted < rows and saying.bar is not None and saying.bar.open:
        _say(page, replace(saying, lifted=rows))
