"""The platform of an app built for a phone: everything runs on the device."""

import os
from functools import partial
from pathlib import Path

import flet as ft

from app_client.platform.abilities import Platform, Sealer
from app_client.platform.clock import SystemClock
from app_client.platform.flet_secrets import FletSecrets
from app_client.platform.flet_services import (
    FletAttention,
    FletConnectivity,
    FletDialler,
    FletFiles,
    FletLinks,
    FletLocation,
    FletSessionKeeper,
)
from app_client.platform.httpx_http import HttpxHttp
from app_client.platform.secure_store import SecureStoreVault
from app_client.platform.storage import DiskStorage


def native_platform(page: ft.Page, *, api_url: str) -> Platform:
    """This device's platform; Flet names the app's durable folder in FLET_APP_STORAGE_DATA."""
    clock = SystemClock()
    return Platform(
        clock=clock,
        storage=DiskStorage(Path(os.environ["FLET_APP_STORAGE_DATA"]) / "client"),
        dialler=FletDialler(),
        links=FletLinks(api_url),
        location=FletLocation(clock),
        connectivity=FletConnectivity(),
        files=FletFiles(tells=True),
        keeper=FletSessionKeeper(),
        vault=SecureStoreVault(FletSecrets()),
        attention=FletAttention(page),
        sealer=_sealer(),
        open_http=partial(HttpxHttp, api_url),
        device_name=page.platform.value if page.platform else "phone",
    )


def _sealer() -> Sealer | None:
    try:
        from app_client.platform.card_sealer import CryptographySealer
    except ImportError:
        # A compiled package: the app as it is built so far comes without it.
        return None
    return CryptographySealer()
