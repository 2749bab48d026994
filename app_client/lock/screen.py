"""The PIN screens: one to come back in, one to choose a PIN twice; a pad for the thumb, which a keyboard drives as well."""

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import Language, t, t_duration, t_n
from app_client.lock.actions import PinsSpent, WrongPin
from app_client.lock.pin import LENGTH, pin_trouble
from app_client.theme import GUTTER, MOTION_MS, TARGET, TITLE, Role
from app_client.widgets import Tap, note, quiet_button, tappable, title, use_low, use_wide
from shared_models.errors import DomainError

EnterPin = Callable[[str], Awaitable[None]]
"""Takes a whole PIN and shows the app; raises DomainError, and then nothing changed."""

Press = Callable[[str], Awaitable[None]]
"""Takes a digit, or BACKSPACE."""

BACKSPACE = "Backspace"
_DIGITS = "0123456789"
_ROWS = ("123", "456", "789")
_PAD_WIDTH = 312
_KEY_HEIGHT = 64
_BENEATH = 72
_MARK = 56
_MOST_HEIGHT = 760
# Below, the keys are as low as a target may be.
_ROOMY = 640
_DOT = 14


@observable
class Entry:
    """The digits typed so far; `said` and `is_bad` are the line beneath them, `first` is the first of two."""

    def __init__(self) -> None:
        self.digits = ""
        self.first = ""
        self.said = ""
        self.is_bad = False
        self.is_busy = False
        self.misses = 0
        self.beats = 0

    def press(self, key: str) -> bool:
        """Take a digit, or the last one back; True when the PIN is whole."""
        if self.is_busy:
            return False
        if key == BACKSPACE:
            self.digits = self.digits[:-1]
            return False
        self.say("")
        self.digits = (self.digits + key)[:LENGTH]
        return len(self.digits) == LENGTH

    def say(self, words: str, *, bad: bool = False) -> None:
        """Say this beneath the dots."""
        self.said = words
        self.is_bad = bad

    def begin_anew(self, words: str, *, bad: bool = True) -> None:
        """Ask once more, and say why."""
        self.digits = ""
        self.misses += 1
        self.say(words, bad=bad)


@component
def UnlockScreen(
    *,
    name: str,
    unlock: EnterPin,
    seconds_to_wait: Callable[[], int],
    by_password: Tap,
    language: Language,  # noqa: ARG001 - a change of language is an argument, so that it renders this anew
) -> ft.View:
    """Asks somebody for their PIN."""
    entry, _ = use_state(Entry)
    use_observed(entry)

    async def whole() -> None:
        entry.is_busy = True
        entry.say(t("正在打开"))
        try:
            await unlock(entry.digits)
        except WrongPin as error:
            entry.begin_anew(t_n("PIN 不对，还可以试 {n} 次", error.left))
        except PinsSpent:
            by_password()
        except DomainError as error:
            entry.begin_anew(error_words(error))
        finally:
            entry.is_busy = False

    async def count_down() -> None:
        while seconds_to_wait():
            await asyncio.sleep(1)
            entry.beats += 1

    async def press(key: str) -> None:
        if not seconds_to_wait() and entry.press(key):
            await whole()

    ft.use_effect(count_down, [entry.misses])
    wait = seconds_to_wait()
    return _pin_view(
        entry,
        heading=t("输入 PIN"),
        hint=name,
        said=" · ".join(filter(None, [entry.said, t("请过 {wait}再试", wait=t_duration(wait)) if wait else ""])),
        rests=entry.is_busy or wait > 0,
        press=press,
        beneath=quiet_button(t("忘记 PIN？用密码登录"), on_click=by_password, identifier="pin-forgotten"),
    )


@component
def ChoosePinScreen(*, choose: EnterPin, language: Language) -> ft.View:  # noqa: ARG001 - as above
    """Asks for a new PIN, twice."""
    entry, _ = use_state(Entry)
    use_observed(entry)

    async def press(key: str) -> None:
        if not entry.press(key):
            return
        if not entry.first:
            _take_first(entry)
        elif entry.digits != entry.first:
            _begin_again(entry, t("两次不一样，请重新设一个"))
        else:
            entry.is_busy = True
            entry.say(t("正在保存"))
            try:
                await choose(entry.digits)
            except DomainError as error:
                _begin_again(entry, error_words(error))
            finally:
                entry.is_busy = False

    return _pin_view(
        entry,
        heading=t("再输一次") if entry.first else t("设一个 6 位 PIN"),
        hint=t("和刚才的 6 位数字一样") if entry.first else t("打开应用时要输，也用它加密本机的客户资料"),
        said=entry.said,
        rests=entry.is_busy,
        press=press,
    )


def _take_first(entry: Entry) -> None:
    if pin_trouble(entry.digits) is None:
        entry.first = entry.digits
        entry.begin_anew("", bad=False)
    else:
        entry.begin_anew(t("太容易猜，换一个试试"))


def _begin_again(entry: Entry, words: str) -> None:
    entry.first = ""
    entry.begin_anew(words)


def _pin_view(
    entry: Entry,
    *,
    heading: str,
    hint: str,
    said: str,
    rests: bool,
    press: Press,
    beneath: ft.Control | None = None,
) -> ft.View:
    """Words and dots above, the pad within the thumb's reach; a hook, for the keyboard's sake."""
    page = ft.context.page

    async def typed(event: ft.KeyboardEvent) -> None:
        key = event.key.removeprefix("Numpad ")
        if key == BACKSPACE or (len(key) == 1 and key in _DIGITS):
            await press(key)

    def listen() -> None:
        page.on_keyboard_event = typed

    def listen_no_more() -> None:
        page.on_keyboard_event = None

    ft.use_effect(listen, [], cleanup=listen_no_more)
    width, height = page.width or _PAD_WIDTH, page.height or _MOST_HEIGHT
    keys = ft.Column(
        [
            ft.Container(
                _pad(press, key_height=_KEY_HEIGHT if height >= _ROOMY else TARGET),
                width=min(_PAD_WIDTH, width - 2 * GUTTER),
                opacity=0.4 if rests else 1,
                animate_opacity=MOTION_MS,
            ),
            ft.Container(beneath, height=_BENEATH, alignment=ft.Alignment.CENTER),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    parts: list[ft.Control] = [_words(entry, heading=heading, hint=hint, said=said), keys]
    whole = (
        ft.Row(parts, vertical_alignment=ft.CrossAxisAlignment.CENTER, expand=True)
        if use_low()
        else ft.Column(parts, horizontal_alignment=ft.CrossAxisAlignment.CENTER, expand=True)
    )
    return ft.View(
        route="/",
        padding=0,
        bgcolor=Role.BG,
        controls=[
            ft.SafeArea(
                # A height inside a box with an alignment is a greatest height: words and pad stay together on a large screen.
                ft.Container(
                    ft.Container(whole, height=_MOST_HEIGHT),
                    padding=ft.Padding.symmetric(horizontal=GUTTER),
                    alignment=ft.Alignment.CENTER if use_wide() else ft.Alignment.BOTTOM_CENTER,
                    expand=True,
                ),
                expand=True,
            )
        ],
    )


def _words(entry: Entry, *, heading: str, hint: str, said: str) -> ft.Control:
    return ft.Column(
        [
            ft.Image(
                src="icons/icon-192.png", width=_MARK, height=_MARK, border_radius=16, exclude_from_semantics=True
            ),
            ft.Container(height=8),
            ft.Semantics(content=title(heading), header=True, identifier="page-title"),
            note(hint, align=ft.TextAlign.CENTER),
            ft.Container(height=16),
            _dots(len(entry.digits)),
            ft.Container(height=8),
            ft.Semantics(
                content=note(said, color=Role.BAD if entry.is_bad else Role.MUTE, align=ft.TextAlign.CENTER),
                live_region=True,
                identifier="pin-said",
            ),
        ],
        spacing=8,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        expand=True,
    )


def _dots(count: int) -> ft.Control:
    return ft.Semantics(
        content=ft.Row(
            [
                ft.Container(
                    width=_DOT,
                    height=_DOT,
                    border_radius=_DOT / 2,
                    bgcolor=Role.BRAND if at < count else None,
                    border=ft.Border.all(2, Role.BRAND if at < count else Role.OUTLINE),
                )
                for at in range(LENGTH)
            ],
            spacing=20,
            tight=True,
        ),
        label=t("已输入 {n} 位，共 {all} 位", n=count, all=LENGTH),
        live_region=True,
        identifier="pin-dots",
    )


def _pad(press: Press, *, key_height: int) -> ft.Control:
    def key(label: str, content: ft.Control, *, sends: str, identifier: str) -> ft.Control:
        async def tap() -> None:
            await press(sends)

        return tappable(
            content,
            label=label,
            on_click=tap,
            identifier=identifier,
            bgcolor=Role.CARD if sends in _DIGITS else None,
            radius=key_height / 2,
            height=key_height,
            alignment=ft.Alignment.CENTER,
            expand=1,
        )

    def digit(of: str) -> ft.Control:
        return key(of, title(of), sends=of, identifier=f"pin-{of}")

    back = ft.Icon(ft.Icons.BACKSPACE_OUTLINED, size=TITLE, color=Role.MUTE)
    rows = [[digit(each) for each in row] for row in _ROWS]
    rows.append(
        [
            ft.Container(expand=1),
            digit("0"),
            key(t("删除一位"), back, sends=BACKSPACE, identifier="pin-backspace"),
        ]
    )
    return ft.Column([ft.Row(row, spacing=12) for row in rows], spacing=12, tight=True)
