"""Saving a file through Flet's file picker: what the device answers, and what a person may then be told."""

import pytest

from app_client.platform.flet_services import FletFiles
from tests.ui.harness import App


async def saved(answer: object, *, tells: bool, web: bool) -> tuple[bool, list[tuple[str, object, object]]]:
    """What came of saving on a device that answers so, and what it was asked."""
    asked: list[tuple[str, object, object]] = []
    files: list[FletFiles] = []

    def service(name: str, arguments: dict[str, object]) -> object:
        if name != "save_file":
            return None
        asked.append((name, arguments["file_name"], arguments["src_bytes"]))
        if isinstance(answer, Exception):
            raise answer
        return answer

    app = await App(service).start(lambda _: files.append(FletFiles(tells=tells)), web=web)
    try:
        return await files[0].save("outbox.json", b"{}"), asked
    finally:
        await app.close()


@pytest.mark.parametrize(
    ("answer", "tells", "is_saved"),
    [
        ("/storage/outbox.json", True, True),
        (None, True, False),
        (None, False, True),
        (RuntimeError("no such service"), True, False),
        (RuntimeError("no such service"), False, False),
    ],
)
async def test_only_what_was_saved_is_called_saved(answer: object, tells: bool, is_saved: bool) -> None:
    came_of_it, asked = await saved(answer, tells=tells, web=not tells)
    assert came_of_it is is_saved
    assert asked == [("save_file", "outbox.json", b"{}")]
