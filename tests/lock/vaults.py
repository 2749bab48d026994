"""A vault of paper: it keeps a vault's promises with real files and no cryptography, and writes down what it was asked."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from app_client.platform.listeners import Listeners
from app_client.platform.wards import Standing, VaultFailed, Ward


@dataclass
class Drawer:
    """What is kept of one person."""

    ward: Ward
    pin: str | None = None
    device_key: str | None = None


@dataclass
class PaperVault:
    """Shut stores are taken out of the folder, so that nothing can read them; `is_broken` makes every call fail."""

    folder: Path
    drawers: dict[UUID, Drawer] = field(default_factory=dict)
    standing: dict[UUID, Standing] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_broken: bool = False
    # Set while no store is open.
    all_shut: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def locks(self) -> bool:
        return True

    async def wards(self) -> Sequence[Ward]:
        self._ask("wards")
        return [replace(drawer.ward, standing=self._standing(staff_id)) for staff_id, drawer in self.drawers.items()]

    async def note(self, ward: Ward) -> None:
        self._ask(f"note misses={ward.misses}")
        self.drawers[ward.staff_id].ward = ward

    async def admit(self, ward: Ward, device_key: str | None) -> bool:
        self._ask("admit")
        drawer = self.drawers.get(ward.staff_id)
        if drawer is None:
            self.drawers[ward.staff_id] = Drawer(ward, device_key=device_key)
        elif ward.staff_id in self.standing:
            return True
        elif drawer.device_key != device_key:
            return False
        self._open(ward.staff_id, Standing.WANTS_PIN)
        return True

    async def entrust(self, ward: Ward, device_key: str | None) -> None:
        self._ask("entrust")
        drawer = self.drawers[ward.staff_id]
        drawer.ward = ward
        drawer.device_key = drawer.device_key or device_key

    async def enter(self, staff_id: UUID, pin: str) -> bool:
        self._ask("enter")
        if self.drawers[staff_id].pin != pin:
            return False
        self._open(staff_id, self.standing.get(staff_id, Standing.OPEN))
        return True

    async def choose_pin(self, staff_id: UUID, pin: str) -> None:
        self._ask("choose_pin")
        assert self.standing[staff_id] is Standing.WANTS_PIN
        self.drawers[staff_id].pin = pin
        self.standing[staff_id] = Standing.OPEN

    async def shut(self, staff_id: UUID) -> None:
        self._ask("shut")
        self.end_process(staff_id)

    async def forget(self, staff_id: UUID) -> None:
        self._ask("forget")
        self.drawers.pop(staff_id, None)
        self.standing.pop(staff_id, None)
        shutil.rmtree(self._shelf(staff_id), ignore_errors=True)

    def end_process(self, staff_id: UUID) -> None:
        """What closing the browser does, too: nothing of the store is in reach."""
        shelf = self._shelf(staff_id)
        shelf.mkdir(parents=True, exist_ok=True)
        for file in self.folder.glob(f"{staff_id}.*"):
            file.replace(shelf / file.name)
        self.standing.pop(staff_id, None)
        if not self.standing:
            self.all_shut.set()

    def _open(self, staff_id: UUID, standing: Standing) -> None:
        for file in self._shelf(staff_id).glob("*"):
            file.replace(self.folder / file.name)
        self.standing[staff_id] = standing
        self.all_shut.clear()

    def _standing(self, staff_id: UUID) -> Standing:
        has_pin = self.drawers[staff_id].pin is not None
        return self.standing.get(staff_id, Standing.SHUT if has_pin else Standing.SEALED)

    def _shelf(self, staff_id: UUID) -> Path:
        return self.folder.parent / "shelf" / str(staff_id)

    def _ask(self, what: str) -> None:
        if self.is_broken:
            raise VaultFailed("The vault is broken.")
        self.asked.append(what)


class Hand:
    """Touches the phone when a test says so."""

    def __init__(self) -> None:
        self._listeners = Listeners()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._listeners.add(listener)

    def touches(self) -> None:
        self._listeners.tell()
