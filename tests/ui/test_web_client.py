"""The app's files as a browser gets them: Chinese fonts, compressed code, cache headers, and nothing in the way of the API."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from fontTools.ttLib import TTFont

from app_client.theme import RARE_FAMILY
from app_server.web_client import client_lifespan, mount_app
from tests.ui import gallery

FONTS = Path(__file__).parents[2] / "assets" / "fonts"


@pytest.fixture
def browser() -> Iterator[TestClient]:
    app = FastAPI(lifespan=lambda _: client_lifespan())

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    mount_app(app, client_main=gallery.main)
    with TestClient(app) as client:
        yield client


def test_the_index_is_ours_and_names_no_other_host(browser: TestClient) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert 'lang="zh-CN"' in page.text
    assert "flet.noCdn=true" in page.text
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.text) == []
    assert page.headers["cache-control"] == "no-cache"


def test_a_route_of_the_app_is_its_index(browser: TestClient) -> None:
    assert "flutter_bootstrap.js" in browser.get("/customers/0193").text


def test_the_servers_own_prefixes_stay_the_servers(browser: TestClient) -> None:
    assert browser.get("/healthz").json() == {"ok": True}
    missing = browser.get("/api/v1/nothing")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/json"


def test_the_default_family_is_chinese_in_two_weights_and_every_font_is_there(browser: TestClient) -> None:
    families = {family["family"]: family["fonts"] for family in browser.get("/assets/FontManifest.json").json()}
    assert [font["weight"] for font in families["Roboto"]] == [400, 700]
    for font in [*families["Roboto"], *families[RARE_FAMILY]]:
        answer = browser.get("/assets/" + font["asset"])
        assert answer.status_code == 200
        assert answer.content[:4] == b"wOF2"
        assert "immutable" in answer.headers["cache-control"]


def test_code_is_compressed_and_not_sent_twice(browser: TestClient) -> None:
    first = browser.get("/main.dart.mjs", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"].startswith("text/javascript")
    assert "dart" in first.text
    again = browser.get("/main.dart.mjs", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    plain = browser.get("/main.dart.mjs", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content


def test_the_page_is_not_isolated_so_that_flutter_draws_in_one_thread(browser: TestClient) -> None:
    """The threaded renderer corrupts its heap (flutter/flutter#190039), and an isolated page is what selects it."""
    for path in ("/", "/main.dart.wasm", "/canvaskit/skwasm.wasm", "/manifest.json"):
        headers = browser.get(path).headers
        assert "cross-origin-embedder-policy" not in headers, path
        assert "access-control-allow-origin" not in headers, path


def test_no_path_leads_out_of_the_files(browser: TestClient) -> None:
    for path in ("/%2e%2e/%2e%2e/version.py.js", "/..%2f..%2fpyproject.toml.js"):
        assert browser.get(path).status_code == 404


def test_the_manifest_names_icons_that_exist(browser: TestClient) -> None:
    manifest = json.loads(browser.get("/manifest.json").text)
    assert manifest["name"] == "Day2053"
    for icon in manifest["icons"]:
        assert browser.get("/" + icon["src"]).content[:8] == b"\x89PNG\r\n\x1a\n"


def test_committed_fonts_show_the_names_people_bear() -> None:
    """The rest of GBK and of 通用规范汉字表, whose last part stands outside the 65,536 of old encodings."""
    shown = {code for font in FONTS.glob("*.woff2") for code in TTFont(font).getBestCmap() or ()}
    assert [letter for letter in "玥喆翀堃婳昇璟瑄頔赟旻䶮㛃㭎𬍛𬭎𫖯𬘓𬬭𬴊" if ord(letter) not in shown] == []


def test_committed_fonts_fit_a_phone() -> None:
    sizes = [font.stat().st_size for font in FONTS.glob("*.woff2")]
    assert max(sizes) <= 6_000_000
    assert sum(sizes) <= 12_000_000
