"""The peer: Kinto under gunicorn on the same PostgreSQL, taking the same days as batches; installed elsewhere by whoever asks for it."""

import base64
import json
import random
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.bench import bank as banks
from tests.bench.load import Job, Measured, run

PORT = 8179
COLLECTIONS = 32
PASSWORD = "bench-bench-bench"
_BASIC = "Basic " + base64.b64encode(f"bench:{PASSWORD}".encode()).decode()
_SETTINGS = """
[server:main]
use = egg:waitress#main
[app:main]
use = egg:kinto
kinto.batch_max_requests = 200
kinto.storage_pool_size = 20
kinto.permission_pool_size = 20
kinto.includes = kinto.plugins.accounts
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.cache_backend = kinto.core.cache.memory
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.userid_hmac_secret = bench
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
kinto.account_create_principals = system.Everyone
kinto.bucket_create_principals = system.Authenticated
"""


@contextmanager
def served(programs: Path, server: str, bank: banks.Bank, *, folder: Path) -> Generator[Callable[[float], Measured]]:
    """Kinto, by the `kinto` and `gunicorn` in `programs`, the bin folder of their own environment; pushes days for so many seconds.

    At concurrency 8.
    """
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE kinto")
    settings = folder / "kinto.ini"
    settings.write_text(_SETTINGS.format(url=server.format(database="kinto")))
    subprocess.run([programs / "kinto", "migrate", "--ini", settings], check=True, stderr=subprocess.DEVNULL)
    processes = ["-w", "2", "--threads", "8", "-k", "gthread", "--keep-alive", "75", "--log-level", "warning"]
    gunicorn = [programs / "gunicorn", "--paste", settings, *processes, "-b", f"127.0.0.1:{PORT}"]
    process = subprocess.Popen(gunicorn, stderr=subprocess.DEVNULL)
    try:
        _prepare()
        jobs = _jobs(bank, random.Random(7))
        run(PORT, jobs, concurrency=8, seconds=2)
        yield lambda seconds: run(PORT, jobs, concurrency=8, seconds=seconds)
    finally:
        process.terminate()
        process.wait(20)


def _prepare() -> None:
    until = time.monotonic() + 60
    while True:
        try:
            _put("/accounts/bench", {"data": {"password": PASSWORD}}, signed=False)
            break
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    _put("/buckets/bench", {})
    for number in range(COLLECTIONS):
        _put(f"/buckets/bench/collections/a{number}", {})


def _put(path: str, body: object, *, signed: bool = True) -> None:
    headers = {"Content-Type": "application/json", **({"Authorization": _BASIC} if signed else {})}
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/v1{quote(path)}", data=json.dumps(body).encode(), headers=headers, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
        pass


def _jobs(bank: banks.Bank, chance: random.Random) -> Iterator[Job]:
    for number in range(1000):
        advisor = bank.advisors[number % len(bank.advisors)]
        records = f"/buckets/bench/collections/a{number % COLLECTIONS}/records/"
        requests = [
            {"path": records + each["id"], "body": {"data": {**each, "advisor_id": str(advisor.id)}}}
            for each in json.loads(banks.day_of(bank, advisor, 0, chance))
        ]
        body = json.dumps({"defaults": {"method": "PUT"}, "requests": requests}).encode()
        head = (
            f"POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {_BASIC}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        data = head.encode() + body
        yield Job(lambda data=data: data, _check)


def _check(answer: bytes) -> None:
    statuses = [each["status"] for each in json.loads(answer)["responses"]]
    assert statuses == [201] * banks.BATCH, answer[:500]
