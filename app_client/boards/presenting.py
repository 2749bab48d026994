"""A board turned to the customer: whole cards to swipe through, the advisor's words behind one tap, and at the end one tap for how it was taken."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from app_client.addressed import use_address
from app_client.boards.actions import (
    Running,
    forget_running,
    keep_running,
    mark_opened,
    new_showing_id,
    record_left_over,
    record_shown,
)
from app_client.boards.aside import aside
from app_client.boards.exposure import Exposure
from app_client.boards.faces import face
from app_client.boards.queries import Audience, audience_of, board_of, board_shelf, short_board, text_in
from app_client.boards.words import reaction_word
from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t
from app_client.meetings.frame import use_keys
from app_client.session import AppSession
from app_client.session_context import Phase, app_state, dismissal, go, use_app, use_session
from app_client.shell.screen import announce
from app_client.theme import Role
from app_client.widgets import (
    Choice,
    Tap,
    Tone,
    banner,
    choice_grid,
    empty_state,
    icon_button,
    note,
    quiet_button,
    sheet,
    use_wide,
)
from shared_models.boards import Board, BoardCard, BoardShown, BoardText, Reaction
from shared_models.errors import DomainError

GoTo = Callable[[int], Awaitable[None]]
# What three minutes have room for.
SHORT_CARDS = 3
_TONES = {Reaction.WANTS_MORE: Tone.OK, Reaction.UNSURE: Tone.GOLD, Reaction.NOT_NOW: Tone.PLAIN}


@observable
class Showing:
    """One showing of a board: which card is in sight, whether the advisor's side or the last question is, and for how long each card faced the customer."""

    def __init__(self, session: AppSession, board: Board, text: BoardText, audience: Audience | None) -> None:
        self.session = session
        self.id = new_showing_id(session)
        self.board, self.text, self.audience = board, text, audience
        self.index = 0
        self.turned_back = False
        self.asks = False
        self.is_over = False
        self.trouble = ""
        self.exposure = Exposure()

    @property
    def card(self) -> BoardCard:
        """The card in sight."""
        return self.text.cards[self.index]

    def look(self, *, seen: bool = True) -> None:
        """Time what faces the customer from now on: the card in sight, or nothing while the advisor reads or the app is away."""
        faces = seen and not self.turned_back and not self.asks
        self.exposure = self.exposure.turn(self.card.key if faces else None, at=self.session.clock.monotonic())

    def go_to(self, index: int) -> None:
        """Show another card, its face to the customer; nothing beyond the first and the last."""
        if 0 <= index < len(self.text.cards):
            self.index, self.turned_back = index, False
            self.look()

    def turn_over(self) -> None:
        """Show the advisor's side, or the card again."""
        self.turned_back = not self.turned_back
        self.look()

    def ask(self, *, asks: bool) -> None:
        """Ask how the customer took it, or go on."""
        self.asks, self.turned_back = asks, False
        self.look()

    def running(self) -> Running:
        """What was shown until now."""
        visit = self.audience
        shown = BoardShown(
            board_id=self.board.id,
            board_version=self.board.version,
            visit_id=visit.visit_id if visit is not None else None,
            seconds=self.exposure.seconds,
            cards=self.exposure.cards(),
        )
        customer = visit.customer_id if visit is not None else None
        return Running(id=self.id, customer_id=customer, at=self.session.now(), shown=shown)


@component
def PresentingScreen() -> ft.View:
    """One board, at a visit or to be looked through before one."""
    session = use_session()
    language = use_app().language
    address, visit = use_address("board_id"), use_address("visit_id")
    use_wide()
    beneath = address.path.rpartition("/")[0] or "/boards"

    def begin() -> Showing | None:
        board = board_of(session, address.id) if address.id else None
        if board is None:
            return None
        audience = audience_of(session, visit.id) if visit.id else None
        return Showing(session, board, text_in(board, language), audience)

    showing, _ = use_state(begin)
    if showing is None:
        return _bare(
            address.path,
            [
                empty_state(
                    t("这块垫板已撤下"),
                    t("换一块，或同步后再看。"),
                    icon=ft.Icons.UNDO,
                    action=t("返回垫板"),
                    on_action=lambda: go(beneath),
                )
            ],
        )
    return _bare(address.path, [Deck(showing=showing, beneath=beneath)], on_leave=lambda: showing.ask(asks=True))


@component
def ShortVisitScreen() -> ft.View:
    """Three minutes in a full hall: three cards of the board that fits this customer, then the three picks."""
    session = use_session()
    language = use_app().language
    address = use_address("visit_id")
    use_wide()
    picks = f"{address.path.rpartition('/')[0]}/proposal"

    def begin() -> Showing | None:
        audience = audience_of(session, address.id) if address.id else None
        board = short_board(board_shelf(session), audience.scenes) if audience is not None else None
        if board is None:
            return None
        text = text_in(board, language)
        return Showing(session, board, text.model_copy(update={"cards": text.cards[:SHORT_CARDS]}), audience)

    showing, _ = use_state(begin)
    if showing is None:
        return _bare(
            address.path,
            [
                empty_state(
                    t("没有三分钟的垫板"),
                    t("直接选三款产品。"),
                    icon=ft.Icons.TIMER_OUTLINED,
                    action=t("三款产品"),
                    on_action=lambda: go(picks),
                )
            ],
        )
    return _bare(address.path, [Deck(showing=showing, beneath=picks)], on_leave=lambda: showing.ask(asks=True))


@component
def Deck(*, showing: Showing, beneath: str) -> ft.Control:
    """The cards, what turns them, and the last question."""
    use_observed(showing)
    session, presence = showing.session, use_observed(app_state().presence)
    page, state = ft.context.page, app_state()

    async def go_to(index: int) -> None:
        before = showing.index
        showing.go_to(index)
        if showing.index != before:
            await _keep(showing)

    async def begin() -> None:
        await mark_opened(session, showing.board.id)

    async def left() -> None:
        showing.look(seen=False)
        await _keep(showing)
        await record_left_over(session)

    def end() -> None:
        # What the lock takes away is recorded when it opens again.
        if not showing.is_over and state.phase is Phase.SIGNED_IN:
            page.run_task(left)

    async def seen_or_not() -> None:
        if not showing.is_over:
            showing.look(seen=presence.is_seen)
            await _keep(showing)

    ft.use_effect(begin, [], cleanup=end)
    ft.use_effect(seen_or_not, [presence.is_seen])
    moved = use_keys(lambda step: page.run_task(go_to, showing.index + step), is_typing=False)
    ft.use_dialog(_last_question(showing, beneath) if showing.asks else None)
    shown = aside(showing.card) if showing.turned_back else _deck(showing, moved, go_to)
    return ft.Column(
        [
            _head(showing),
            *([banner(showing.trouble, tone=Tone.BAD)] if showing.trouble else []),
            shown,
            _turns(showing, go_to),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


async def _keep(showing: Showing) -> None:
    try:
        await keep_running(showing.session, showing.running())
    except DomainError as error:
        showing.trouble = error_words(error)


def _deck(showing: Showing, moved: ft.Ref[ft.Column], go_to: GoTo) -> ft.Control:
    async def swiped(event: ft.Event[ft.PageView]) -> None:
        await go_to(int(str(event.data)))

    # The keyboard moves the card in sight.
    faces: list[ft.Control] = [
        face(card, showing.audience, moved=moved if index == showing.index else None)
        for index, card in enumerate(showing.text.cards)
    ]
    return ft.PageView(faces, selected_index=showing.index, on_change=swiped, expand=True, key="deck")


def _head(showing: Showing) -> ft.Control:
    """How far one has come, and the way out."""
    number, count = showing.index + 1, len(showing.text.cards)
    bars: list[ft.Control] = [
        ft.Container(height=6, border_radius=3, bgcolor=Role.BRAND if index < number else Role.TRACK, expand=1)
        for index in range(count)
    ]
    come = ft.Semantics(
        content=ft.Row([*bars, note(f"{number} / {count}")], spacing=4),
        label=t("第 {n} 张，共 {all} 张", n=number, all=count),
        identifier="card-number",
        live_region=True,
        container=True,
        exclude_semantics=True,
        expand=True,
    )
    leave = icon_button(
        ft.Icons.CLOSE,
        label=t("结束展示"),
        on_click=lambda: showing.ask(asks=True),
        identifier="end-showing",
        color=Role.MUTE,
    )
    return ft.Container(ft.Row([come, leave], spacing=8), padding=ft.Padding(left=24, right=8, top=4))


def _turns(showing: Showing, go_to: GoTo) -> ft.Control:
    """Back and on at the edges, the advisor's side between them."""

    def step(icon: ft.IconData, label: str, index: int, name: str) -> ft.Control:
        there = 0 <= index < len(showing.text.cards)

        async def tapped() -> None:
            await go_to(index)

        return icon_button(
            icon,
            label=label,
            on_click=tapped if there else None,
            identifier=name,
            color=Role.BRAND if there else Role.LINE,
        )

    over = quiet_button(
        t("翻回客户") if showing.turned_back else t("我的话"),
        icon=ft.Icons.FLIP,
        on_click=showing.turn_over,
        identifier="turn-over",
        tone=Tone.BRAND if showing.turned_back else Tone.PLAIN,
        filled=showing.turned_back,
    )
    return ft.Container(
        ft.Row(
            [
                step(ft.Icons.CHEVRON_LEFT, t("上一张"), showing.index - 1, "card-before"),
                ft.Container(over, expand=True, alignment=ft.Alignment.CENTER),
                step(ft.Icons.CHEVRON_RIGHT, t("下一张"), showing.index + 1, "card-after"),
            ],
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=ft.Padding.symmetric(horizontal=8, vertical=4),
    )


def _last_question(showing: Showing, beneath: str) -> ft.BottomSheet:
    def end_with(reaction: Reaction) -> Tap:
        async def end() -> None:
            page = ft.context.page
            showing.look(seen=False)
            try:
                await record_shown(showing.session, showing.running(), reaction)
            except DomainError as error:
                showing.trouble = error_words(error)
                showing.ask(asks=False)
                return
            showing.is_over, showing.asks = True, False
            announce(
                page,
                t("已记下垫板：{title} · {reaction}", title=showing.text.title, reaction=reaction_word(reaction)),
                lifted=1,
            )
            page.navigate(beneath)

        return end

    async def forget() -> None:
        page = ft.context.page
        showing.is_over = True
        await forget_running(showing.session)
        page.navigate(beneath)

    choices = [Choice(reaction_word(each), "", _TONES[each], end_with(each), f"reaction-{each}") for each in Reaction]
    choices.append(Choice(t("只是自己看"), t("不记录"), Tone.PLAIN, forget, "reaction-nobody"))
    return sheet(
        [choice_grid(choices)],
        heading=t("客户怎么看？"),
        subtitle=t("点一下即结束并记录；关闭则继续展示"),
        on_dismiss=dismissal(lambda: showing.ask(asks=False) if not showing.is_over else None),
    )


def _bare(route: str, parts: Sequence[ft.Control], *, on_leave: Tap | None = None) -> ft.View:
    """The whole screen, with nothing of the app around it; the device's own way back asks first."""

    async def back(event: ft.Event[ft.View]) -> None:
        await event.control.confirm_pop(on_leave is None)
        if on_leave is not None:
            on_leave()

    column = ft.Column(list(parts), spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.View(
        route=route or "/boards/none",
        padding=0,
        bgcolor=Role.BG,
        can_pop=on_leave is None,
        on_confirm_pop=back,
        controls=[ft.SafeArea(column, expand=True)],
    )
