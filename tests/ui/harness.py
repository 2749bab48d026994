"""Runs the Flet app in this process without a client: a real Session and Page over a connection that only keeps what is sent.

It leans on private names of Flet, so Flet's version is pinned. A test finds controls by text, key, identifier or class, and acts on them as a person does.
"""

import asyncio
import dataclasses
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypeVar

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

C = TypeVar("C", bound=BaseControl)
Main = Callable[[ft.Page], None] | Callable[[ft.Page], Awaitable[None]]
# Any: what a platform service takes and answers is up to the service.
Services = Callable[[str, dict[str, Any]], Any]


def _no_services(_name: str, _arguments: dict[str, Any]) -> None:
    return None


class RecordingConnection(Connection):
    """Keeps every message, packs it as the wire would (that arms Flet's change tracking), and answers service calls."""

    def __init__(self, loop: asyncio.AbstractEventLoop, services: Services) -> None:
        super().__init__()
        self.page_url = "http://test"
        self.page_name = ""
        self.loop = loop
        self.executor = ThreadPoolExecutor(2)
        self.pubsubhub = PubSubHub(loop, self.executor)
        self.services = services
        self.session: Session | None = None
        self.sent: list[Message] = []
        self.bytes_sent = 0

    def send_message(self, message: Message) -> None:
        """Take one message to the client."""
        self.sent.append(message)
        self.bytes_sent += len(_pack([message.action, message.body]))
        if message.action is MessageAction.INVOKE_METHOD and self.session is not None:
            call = message.body
            result, error = None, None
            try:
                result = self.services(call.name, call.args or {})
            except Exception as failure:  # noqa: BLE001  # A client reports any failure of a service as text.
                error = str(failure)
            self.loop.call_soon(self.session.handle_invoke_method_results, call.control_id, call.call_id, result, error)
            if call.name == "push_route":
                self._go(self.session, str((call.args or {})["route"]))

    def _go(self, session: Session, route: str) -> None:
        """Change the address as a client does, and say so."""
        session.apply_page_patch({"route": route})
        self.going = self.loop.create_task(session.dispatch_event(session.page._i, "route_change", {"route": route}))


def _pack(value: object) -> bytes:
    packed = msgpack.packb(value, default=configure_encode_object_for_msgpack(BaseControl))
    assert packed is not None  # only autoreset=False, which is not used, gives nothing
    return packed


_LEAVES = frozenset((str, int, float, bool))


@cache
def _names_of_parts(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that may hold controls; of another class there are none."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.name not in {"_parent", "parent", "ref", "data"} and not field.metadata.get("skip")
    )


class App:
    """A running app and a person's hands on it; `running` makes one."""

    def __init__(self, services: Services = _no_services) -> None:
        self.services = services

    async def start(
        self,
        main: Main,
        *,
        route: str = "/",
        platform: ft.PagePlatform = ft.PagePlatform.ANDROID,
        width: int = 390,
        height: int = 844,
        web: bool = False,
    ) -> "App":
        """Open a page as a phone of this size and run `main` on it."""
        self.connection = RecordingConnection(asyncio.get_running_loop(), self.services)
        self.session = Session(self.connection)
        self.connection.session = self.session
        self.page = self.session.page
        self.session.apply_page_patch(
            {"route": route, "platform": platform.value, "width": width, "height": height, "web": web}
        )
        _context_page.set(self.page)  # pyright: ignore[reportArgumentType] - Flet infers None from its default
        context.reset_auto_update()
        _pack(self.session.get_page_patch())
        outcome = main(self.page)
        if inspect.isawaitable(outcome):
            await outcome
        await self.session.after_event(self.page)
        await self.settle()
        return self

    async def settle(self, turns: int = 30) -> None:
        """Let renders, effects and service answers run: so many turns of the loop, and one wake of the update scheduler."""
        for _ in range(turns):
            await asyncio.sleep(0)
        # The scheduler drains its queue on a timer of its own; this waits for that, not for a guess.
        await asyncio.sleep(0.01)

    async def until(self, text: str) -> None:
        """Settle until the page says this; fails when it does not within a hundred turns."""
        for _ in range(100):
            if text in self.texts():
                return
            await self.settle(1)
        raise AssertionError(f"{text} never came; there is {self.texts()}")

    async def close(self) -> None:
        """End the session as a closed browser does."""
        self.session.close()
        await asyncio.sleep(0)
        self.connection.executor.shutdown(wait=False)

    def walk(self) -> Iterator[BaseControl]:
        """Every control on the page, its dialogs and its overlay, in order."""
        seen: set[int] = set()

        # Any: the tree is made of whatever dataclasses hold.
        def visit(value: Any) -> Iterator[BaseControl]:
            if isinstance(value, (list, tuple)):
                for item in value:
                    yield from visit(item)
            elif isinstance(value, dict):
                for item in value.values():
                    yield from visit(item)
            elif (names := _names_of_parts(type(value))) and id(value) not in seen:
                seen.add(id(value))
                if isinstance(value, BaseControl):
                    yield value
                for name in names:
                    part = getattr(value, name, None)
                    # Most are words and numbers, and this is the innermost loop of the UI tests.
                    if part is not None and part.__class__ not in _LEAVES:
                        yield from visit(part)

        yield from visit([self.page.views, self.page._dialogs, self.page._overlay])

    def all(self, kind: type[C], **fields: object) -> list[C]:
        """Every control of a class whose fields have these values."""
        return [
            control
            for control in self.walk()
            if isinstance(control, kind)
            and all(getattr(control, name, None) == value for name, value in fields.items())
        ]

    def one(self, kind: type[C], **fields: object) -> C:
        """The only such control."""
        found = self.all(kind, **fields)
        assert len(found) == 1, f"{len(found)} of {kind.__name__} {fields}; on the screen: {self.texts()}"
        return found[0]

    def at(self, identifier: str) -> ft.Semantics:
        """The control with this semantics identifier."""
        return self.one(ft.Semantics, identifier=identifier)

    def has(self, identifier: str) -> bool:
        """Whether something on the screen has this identifier."""
        return bool(self.all(ft.Semantics, identifier=identifier))

    def texts(self) -> list[str]:
        """Every text on the screen, spans joined."""
        return [text.value or "".join(span.text or "" for span in text.spans or []) for text in self.all(ft.Text)]

    def said(self) -> list[str]:
        """Every semantics label on the screen."""
        return [node.label for node in self.all(ft.Semantics) if node.label]

    async def fire(self, control: BaseControl, event: str, data: object = None) -> None:
        """Send one event of a control, as the client would."""
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def tap(self, target: "str | BaseControl") -> None:
        """Tap a control, or what carries this identifier; tapping what is disabled is an error."""
        control = self.at(target).content if isinstance(target, str) else target
        assert control is not None
        assert getattr(control, "on_click", None) is not None, f"{target} cannot be tapped"
        await self.fire(control, "click")

    async def type(self, key: str, text: str) -> None:
        """Replace a field's text, by the key it was given as `identifier`."""
        field = self.one(ft.TextField, key=key)
        self.session.apply_patch(field._i, {"value": text})
        await self.fire(field, "change", text)

    async def submit(self, key: str) -> None:
        """Press enter in a field."""
        field = self.one(ft.TextField, key=key)
        await self.fire(field, "submit", field.value)

    async def navigate(self, index: int) -> None:
        """Choose a destination of the navigation bar or rail."""
        bar: BaseControl = (self.all(ft.NavigationBar) or self.all(ft.NavigationRail))[0]
        await self.fire(bar, "change", index)

    async def resize(self, width: int, height: int) -> None:
        """Change the window's size."""
        self.session.apply_page_patch({"width": width, "height": height})
        await self.fire(self.page, "resize", {"width": width, "height": height})


@asynccontextmanager
async def running(
    main: Main, *, services: Services = _no_services, route: str = "/", width: int = 390, height: int = 844
) -> AsyncGenerator[App]:
    """An app for the length of the block."""
    app = await App(services).start(main, route=route, width=width, height=height)
    try:
        yield app
    finally:
        await app.close()
