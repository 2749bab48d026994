"""The staff below a head: whom to find, with the chosen one beside them or on a page of their own; what is on it is person.py's."""

from collections.abc import Callable
from uuid import UUID

import flet as ft

from app_client.addressed import use_address
from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import component, keyed, observable, use_observed, use_state
from app_client.i18n import t
from app_client.people.actions import fetch_people
from app_client.people.person import password_sheet, use_person
from app_client.people.placing import use_placing
from app_client.people.words import (
    person_words,
    state_words,
)
from app_client.session_context import go, use_session, use_unfinished
from app_client.shell.screen import announce, shell_view
from app_client.widgets import (
    Place,
    Tap,
    banner,
    detail_pane,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    text_field,
    title,
    use_wide,
)
from shared_models.errors import DomainError
from shared_models.org import Role as StaffRole
from shared_models.people import Person, TemporaryPassword


@observable
class PeopleDesk:
    """Whom somebody looks for, whom was found, and who stands beside the list; `after` asks for more, None: that is all."""

    def __init__(self) -> None:
        self.searched = ""
        self.chosen: UUID | None = None
        self.people: list[Person] | None = None
        self.after: str | None = None

    def search(self, words: str) -> None:
        """Look for somebody else."""
        self.searched = words


@component
def PeopleScreen() -> ft.View:
    """The staff below the head's unit; on a wide screen with the chosen one beside them."""
    session, wide = use_session(), use_wide()
    desk = use_observed(use_unfinished("people", PeopleDesk))

    async def ask() -> None:
        searched = desk.searched
        found = await fetch_people(session, searched=searched)
        # An answer to what is no longer looked for comes too late.
        if searched == desk.searched:
            desk.people, desk.after = found.people, found.after

    trouble, again = use_asking(ask, desk.searched)

    async def more() -> None:
        page = ft.context.page
        try:
            found = await fetch_people(session, searched=desk.searched, after=desk.after or "")
        except DomainError as error:
            announce(page, error_words(error))
            return
        desk.people, desk.after = [*(desk.people or []), *found.people], found.after

    def open_person(staff_id: UUID) -> None:
        if wide:
            desk.chosen = staff_id
        else:
            go(f"/people/{staff_id}")

    page = ft.context.page
    given, set_given = use_state(_no_password)

    def opened(words: str, made: TemporaryPassword | None) -> None:
        set_given(lambda _: made)
        if words:
            announce(page, words)
        again()

    place = use_placing(session, on="people", done=opened, changed=again)
    ft.use_dialog(password_sheet(given, lambda: set_given(_no_password())) if given is not None else None)
    shown = desk.chosen or (desk.people[0].id if desk.people else None)
    return shell_view(
        route="/people",
        heading=t("人员"),
        subtitle=t("{unit}和下属机构", unit=session.staff.unit.name),
        content=[
            text_field(
                t("找工号或姓名"),
                value=desk.searched,
                on_change=desk.search,
                identifier="people-search",
                icon=ft.Icons.SEARCH,
            ),
            ft.Container(height=8),
            line_row(
                t("机构"),
                icon=ft.Icons.ACCOUNT_TREE_OUTLINED,
                on_click=lambda: go("/people/units"),
                place=Place.FIRST,
                identifier="people-units",
            ),
            line_row(
                t("操作记录"),
                icon=ft.Icons.HISTORY,
                on_click=lambda: go("/people/log"),
                place=Place.LAST,
                identifier="people-log",
            ),
            ft.Container(height=8),
            *_listed(desk, trouble, again, open_person, shown=shown if wide else None),
            *([quiet_button(t("更多"), on_click=more, identifier="people-more")] if desk.after is not None else []),
        ],
        bottom=primary_button(
            t("开账号"),
            on_click=lambda: place(None),
            identifier="open-account",
            icon=ft.Icons.PERSON_ADD_ALT,
            quiet=True,
        )
        if session.staff.role is StaffRole.ADMIN
        else None,
        detail=_beside(shown, again) if wide else None,
        on_back=lambda: go("/me"),
    )


@component
def PersonScreen() -> ft.View:
    """Somebody on a page of their own."""
    session = use_session()
    address = use_address("staff_id")
    person, parts = use_person(session, address.id, lambda: None)
    return shell_view(
        route=address.path or "/people/none",
        heading=person.name if person else t("人员"),
        subtitle=person_words(person) if person else "",
        content=parts,
        on_back=lambda: go("/people"),
    )


@component
def PersonPane(*, staff_id: UUID, on_change: Tap) -> ft.Control:
    """Somebody beside the list."""
    person, parts = use_person(use_session(), staff_id, on_change)
    if person is None:
        return detail_pane(parts)
    return detail_pane([title(person.name), note(person_words(person)), ft.Container(height=12), *parts])


def _no_password() -> TemporaryPassword | None:
    return None


def _listed(
    desk: PeopleDesk, trouble: str, again: Tap, open_person: Callable[[UUID], object], *, shown: UUID | None
) -> list[ft.Control]:
    if desk.people is None:
        if trouble:
            return [error_state(t("看不到人员"), trouble, action=t("再试一次"), on_action=again)]
        return [loading_state(t("正在取回人员…"))]
    said = [banner(trouble, action=t("再试一次"), on_action=again), ft.Container(height=8)] if trouble else []
    if not desk.people:
        return [*said, empty_state(t("没有这样的人"), t("工号从头输，姓名输一部分就行。"), icon=ft.Icons.PERSON_SEARCH)]
    return [
        *said,
        *[
            line_row(
                f"{person.name} · {person.login}",
                detail=person_words(person),
                trailing=state_words(person),
                on_click=_open(open_person, person.id),
                place=Place.of(index, len(desk.people)),
                identifier=f"person-{person.login}",
                selected=person.id == shown if shown is not None else None,
            )
            for index, person in enumerate(desk.people)
        ],
    ]


def _open(open_person: Callable[[UUID], object], staff_id: UUID) -> Tap:
    return lambda: open_person(staff_id)


def _beside(shown: UUID | None, again: Tap) -> ft.Control:
    if shown is None:
        return empty_state(t("点一个人"), icon=ft.Icons.PERSON_OUTLINE)
    return keyed(str(shown), PersonPane, staff_id=shown, on_change=again)
