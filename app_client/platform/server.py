"""The platform of dynamic web: the Python runs on the server, the dialler, location and session keeper in a person's browser."""

from functools import partial
from pathlib import Path

import flet as ft

from app_client.platform.abilities import Platform
from app_client.platform.card_sealer import CryptographySealer
from app_client.platform.clock import SystemClock
from app_client.platform.flet_services import (
    FletConnectivity,
    FletDialler,
    FletFiles,
    FletLinks,
    FletLocation,
    FletSessionKeeper,
)
from app_client.platform.httpx_http import HttpxHttp
from app_client.platform.no_vault import NoAttention, NoVault
from app_client.platform.storage import DiskStorage

# RFC 6749 leaves the name to us; it is what a person reads in a list of their devices.
MOST_NAME = 200


def server_platform(page: ft.Page, *, data_dir: Path, api_url: str) -> Platform:
    """One page's platform; call it once per session, with the page as Flet's current one. `data_dir` as the server's."""
    clock = SystemClock()
    return Platform(
        clock=clock,
        storage=DiskStorage(data_dir / "client"),
        dialler=FletDialler(),
        # Beside the page: the person's browser does not reach `api_url`, which is this machine's own.
        links=FletLinks(""),
        location=FletLocation(clock),
        connectivity=FletConnectivity(),
        files=FletFiles(tells=False),
        keeper=FletSessionKeeper(),
        vault=NoVault(),
        attention=NoAttention(),
        sealer=CryptographySealer(),
        open_http=partial(HttpxHttp, api_url),
        device_name=f"Web: {page.client_user_agent or 'browser'}"[:MOST_NAME],
    )
