"""Samples over HTTP: drawn by a seed that is the server's, kept for good, and seen by the heads above."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.reviews.conftest import TODAY, Reviewing
from tests.sync_server.phones import call, void

PAGE = (Path(__file__).parents[2] / "docs" / "reviews.md").read_text("utf-8")
(REDRAW,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def test_whoever_follows_the_document_draws_the_same_sample(reviewing: Reviewing) -> None:
    reviewing.bank.server.clock.pass_(minutes=1)
    told = reviewing.draw(size=4).json()
    program: dict[str, object] = {}
    exec(REDRAW, program)  # noqa: S102 - what the page tells its reader to run
    redraw = program["redraw"]
    assert callable(redraw)
    published = json.loads(json.dumps({**told, "drawn": None}))
    assert redraw(published) == (told["frame_digest"], told["drawn"])
    assert len(told["drawn"]) == 4
    assert told["frame_size"] == len(told["frame"]) == 8


def test_what_syncs_later_changes_no_sample(reviewing: Reviewing) -> None:
    first = reviewing.draw().json()
    reviewing.phone.send(call(reviewing.bank.customer()), void(reviewing.calls[0]))
    again = reviewing.get(f"samples/{first['id']}").json()
    assert {key: again[key] for key in ("seed", "frame", "frame_digest", "drawn")} == {
        key: first[key] for key in ("seed", "frame", "frame_digest", "drawn")
    }
    ids = {each["activity_id"] for each in reviewing.draw().json()["frame"]}
    assert reviewing.calls[0]["id"] not in ids
    assert len(ids) == 8


def test_a_lost_reply_draws_nothing_twice_and_another_draw_stays_beside_the_first(reviewing: Reviewing) -> None:
    one = str(uuid4())
    first, repeated = reviewing.draw(id=one).json(), reviewing.draw(id=one).json()
    assert repeated == first
    assert reviewing.draw(id=one, size=5).status_code == 409
    another = reviewing.draw().json()
    assert another["seed"] != first["seed"]
    # The head above sees every draw, and by whom it was.
    listed = reviewing.get("samples", by="above").json()["samples"]
    assert {(each["id"], each["drawn_by"]["name"]) for each in listed} == {
        (first["id"], "outlet head"),
        (another["id"], "outlet head"),
    }
    assert "frame" not in listed[0]


def test_an_activity_is_shown_as_it_is_with_its_reviews(reviewing: Reviewing) -> None:
    drawn = reviewing.draw(size=8).json()
    assert [each["activity"]["advisor"]["name"] for each in drawn["activities"]] == ["li"] * 6 + ["wang"] * 2
    assert all(each["activity"]["customer_name"] for each in drawn["activities"])
    written = reviewing.review(reviewing.calls[0], sample_id=drawn["id"]).json()
    again = reviewing.get(f"samples/{drawn['id']}").json()
    assert again["reviewed"] == 1
    ids = {each["activity"]["id"]: each["review_ids"] for each in again["activities"]}
    assert ids[reviewing.calls[0]["id"]] == [written["review"]["id"]]


@pytest.mark.parametrize("by", ["elsewhere", "advisor"])
def test_another_units_samples_are_not_there_and_none_is_an_advisors(asked: Reviewing, by: str) -> None:
    kept = asked.draw().json()
    refused = {"elsewhere": 404, "advisor": 403}[by]
    assert asked.draw(by=by).status_code == refused
    assert asked.get(f"samples/{kept['id']}", by=by).status_code == refused
    assert asked.get("samples", by=by, unit_id=str(asked.bank.outlet.id)).status_code == refused
    listed = asked.get("samples", by=by)
    assert listed.status_code == 403 or listed.json()["samples"] == []


def test_the_id_of_anothers_sample_tells_nothing(asked: Reviewing) -> None:
    taken = asked.draw().json()["id"]
    own = asked.bank.server.http.get("/api/v1/me", headers=asked.heads["elsewhere"]).json()["unit"]["id"]
    # Nothing to draw from there: the same answer as for any other id.
    assert asked.draw(by="elsewhere", id=taken, unit_id=own).json()["code"] == "nothing_to_draw"
    assert asked.draw(by="above", id=taken, size=9).status_code == 409


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"size": 0}, 422),
        ({"size": 101}, 422),
        ({"from": "2026-11-24"}, 422),
        ({"from": "2026-10-01"}, 422),
        ({"from": "2026-11-22", "to": "2026-11-22"}, 422),
        ({"unit_id": str(uuid4())}, 404),
        ({"seed": "0" * 64, "size": "many"}, 422),
    ],
)
def test_wishes_that_cannot_be(asked: Reviewing, wanted: dict[str, Any], status: int) -> None:
    assert asked.draw(**wanted).status_code == status


def test_nobody_brings_a_seed(asked: Reviewing) -> None:
    chosen = "0" * 64
    assert asked.draw(seed=chosen, frame=[], drawn=[asked.calls[0]["id"]]).json()["seed"] != chosen
    assert asked.get("samples", unit_id=str(asked.bank.outlet.id)).json()["samples"][0]["first"] == TODAY
