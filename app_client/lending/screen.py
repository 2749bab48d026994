"""What a head lends by: the sheet of colleagues, and the rows of who is lent, each with the way back. They ask and write nothing."""

from collections.abc import Callable, Sequence
from uuid import UUID

import flet as ft

from app_client.i18n import t, t_n
from app_client.lending.words import lent_from_words
from app_client.theme import Role
from app_client.widgets import Place, Tap, body, icon_button, line_row, note, section_header, sheet
from shared_models.lending import Loan
from shared_models.org import StaffName

# More do not fit a phone at once.
_MOST_AT_A_GLANCE = 6


def lend_sheet(
    customer: str, colleagues: Sequence[StaffName], *, lend_to: Callable[[UUID], Tap], on_dismiss: Tap
) -> ft.BottomSheet:
    """To whom the customer goes for the day: `lend_to` makes the tap of a colleague."""
    rows = [
        line_row(
            each.name,
            icon=ft.Icons.PERSON_OUTLINE,
            on_click=lend_to(each.id),
            place=Place.of(index, len(colleagues)),
            identifier=f"lend-to-{each.id}",
        )
        for index, each in enumerate(colleagues)
    ]
    return sheet(
        [ft.Column(rows, spacing=0, tight=True)],
        heading=t("{name}今天借给谁打", name=customer),
        subtitle=t("同事的手机一同步就收到，明天自动回来；客户、覆盖率和约定还是原来名下的。"),
        on_dismiss=on_dismiss,
        tall=len(colleagues) > _MOST_AT_A_GLANCE,
    )


def loan_rows(loans: Sequence[Loan], advisor_id: UUID, *, take_back: Callable[[UUID], Tap] | None) -> list[ft.Control]:
    """Who of this advisor's book is lent, and who is here from another's; `take_back` None: it is not to be changed."""
    if not loans:
        return []
    parts: list[ft.Control] = [section_header(t("今天代打"), t_n("{n} 位", len(loans)))]
    count = len(loans)
    return parts + [_loan(each, advisor_id, Place.of(index, count), take_back) for index, each in enumerate(loans)]


def _loan(loan: Loan, advisor_id: UUID, place: Place, take_back: Callable[[UUID], Tap] | None) -> ft.Control:
    is_here = loan.borrower.id == advisor_id
    words = lent_from_words(loan.owner.name) if is_here else t("今天由{name}打", name=loan.borrower.name)
    icon = ft.Icons.SOUTH_WEST if is_here else ft.Icons.NORTH_EAST
    who = ft.Column([body(loan.customer_name, bold=True, lines=1), note(words)], spacing=2, tight=True, expand=True)
    parts: list[ft.Control] = [ft.Icon(icon, size=20, color=Role.MUTE), who]
    if take_back is not None:
        parts.append(
            icon_button(
                ft.Icons.UNDO,
                label=t("{name} 收回来", name=loan.customer_name),
                on_click=take_back(loan.customer_id),
                identifier=f"take-back-{loan.customer_id}",
            )
        )
    return ft.Container(
        ft.Row(parts, spacing=12, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        bgcolor=Role.CARD,
        border_radius=place.corners(),
        border=None if place.value[1] else ft.Border(bottom=ft.BorderSide(1, Role.LINE)),
        padding=ft.Padding(left=16, right=8, top=8, bottom=8),
    )
