"""Which platform a page has: the one place that asks where the app runs."""

import os
import sys
from pathlib import Path

import flet as ft

from app_client.platform.abilities import Platform

DEFAULT_PORT = "8000"


def platform_of_page(page: ft.Page) -> Platform:
    """This page's platform. The API's address is DAY2053_API_URL; in dynamic web, by default, this very server by loopback.

    A browser's own Python speaks to the server its page came from.
    """
    # Each is imported only where it runs: a phone has no server's folder, a server no phone's, a browser no httpx.
    if sys.platform == "emscripten":
        from app_client.platform.browser import browser_platform

        return browser_platform()
    if page.web:
        from app_client.platform.server import server_platform

        own = f"http://127.0.0.1:{os.environ.get('PORT', DEFAULT_PORT)}"
        return server_platform(
            page,
            data_dir=Path(os.environ.get("DAY2053_DATA_DIR", "data")),
            api_url=os.environ.get("DAY2053_API_URL", own),
        )
    from app_client.platform.native import native_platform

    return native_platform(page, api_url=os.environ["DAY2053_API_URL"])
