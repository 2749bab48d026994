"""The id and the path of a screen's own address, which Flet forgets while the screen is on its way out; no navigation here."""

from uuid import UUID

import flet as ft

from app_client.flet_typed import use_state


class Addressed:
    """What the address last said: `id` None when it holds no UUID."""

    def __init__(self) -> None:
        self.id: UUID | None = None
        self.path = ""


def use_address(parameter: str) -> Addressed:
    """A hook: the UUID under that parameter of the route, and the path of this view.

    A page that is being left renders once more outside its route (Flet then answers with nothing); it keeps what it had.
    """
    known, _ = use_state(Addressed)
    given, path = ft.use_route_params().get(parameter), ft.use_view_path()
    if given is not None:
        known.path = path
        try:
            known.id = UUID(given)
        except ValueError:
            known.id = None
    return known
