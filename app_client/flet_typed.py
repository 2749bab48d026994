"""A typed door to the parts of Flet that pyright cannot see through: decorators, hooks and keys; nothing else wraps Flet."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import flet as ft
from flet.utils import object_model

# `cast("Any", …)` below: these are untyped in Flet, and their signatures here are what they do.
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

component = ft.component


def memo(function: Callable[P, R]) -> Callable[P, R]:
    """`ft.memo` with the signature kept: a component that is skipped while its arguments compare equal."""
    return cast("Callable[P, R]", cast("Any", ft).memo(function))


def observable(cls: type[T]) -> type[T]:
    """`ft.observable` with the class kept. Listeners are weak: hold a reference to whatever listens."""
    return cast("type[T]", cast("Any", ft).observable(cls))


def keyed(key: str | int, render: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a component with a key, which Flet takes out of the arguments but does not declare."""
    # Any: the undeclared keyword is the whole point.
    return cast("Any", render)(*args, key=key, **kwargs)


def use_state(initial: T | Callable[[], T]) -> tuple[T, Callable[[T | Callable[[T], T]], None]]:
    """`ft.use_state` with its types: the value and its setter (a value, or a function of the last one)."""
    return cast("tuple[T, Callable[[T | Callable[[T], T]], None]]", cast("Any", ft).use_state(initial))


def use_observed(value: T) -> T:
    """Re-render this component whenever an observable changes; returns it."""
    held, hold = use_state(lambda: value)
    if held is not value:
        hold(lambda _: value)
    return value


def forget_text(field: ft.TextField) -> None:
    """Let a field that was drawn forget its text on this side; Flet forbids setting it, and keeps the field when it has gone."""
    cast("Any", object_model).patch_dataclass(field, {"value": ""})
