"""assets/pwa/vault.js by itself, in a browser without the app: what lies in the database opens to whoever it should, and to nobody else."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

SCRIPTS = Path(__file__).parents[2] / "assets" / "pwa"
LI, WANG = "01930000-0000-7000-8000-00000000000a", "01930000-0000-7000-8000-00000000000b"
PIN, OTHER_PIN = "428190", "719302"
DEVICE_KEY, OTHER_KEY = "A" * 43, "B" * 43

# A file system as far as the vault uses one, and what the tests do with it and with the database beneath.
KIT = """
globalThis.fileSystem = () => {
  const files = new Map();
  const name = (path) => path.split("/").at(-1);
  return {
    files,
    mkdirTree() {},
    readdir: () => [".", "..", ...files.keys()],
    readFile: (path) => files.get(name(path)).slice(),
    writeFile: (path, bytes) => files.set(name(path), bytes.slice()),
    lookupPath: (path) => ({ node: { contents: files.get(name(path)) } }),
    unlink: (path) => files.delete(name(path)),
  };
};
// A page that was opened anew: nothing in memory.
globalThis.start = async () => {
  const { Vault } = await import("/m/vault.js");
  const vault = new Vault("/stores");
  const memory = fileSystem();
  vault.attach(memory);
  return { vault, memory };
};
globalThis.text = (size, word) => new TextEncoder().encode(word.repeat(Math.ceil(size / word.length)).slice(0, size));
globalThis.inDatabase = (name, work) => new Promise((resolve, reject) => {
  const asked = indexedDB.open("day2053");
  asked.onsuccess = () => {
    const transaction = asked.result.transaction(name, "readwrite");
    const found = work(transaction.objectStore(name));
    transaction.oncomplete = () => { asked.result.close(); resolve(found?.result); };
    transaction.onabort = () => reject(transaction.error);
  };
});
globalThis.refusal = (promise) => promise.then(() => "", (error) => `${error.name}: ${error.message}`);
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app's own scripts are at `/m/`, as the server has them, and nothing else is."""
    folder = tmp_path_factory.mktemp("origin")
    (folder / "m").symlink_to(SCRIPTS)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    """A page of that origin on which nothing runs."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/m/start.css")
    page.evaluate(f"() => {{ {KIT} }}")
    yield page
    context.close()


def run(page: Page, script: str) -> Any:
    """What the script, the body of an async function, returns."""
    names = {"LI": LI, "WANG": WANG, "PIN": PIN, "OTHER_PIN": OTHER_PIN, "KEY": DEVICE_KEY, "OTHER_KEY": OTHER_KEY}
    return page.evaluate(f"async (names) => {{ const {{ {', '.join(names)} }} = names; {script} }}", names)


BEGUN = """
  const first = await start();
  await first.vault.admit(LI, "{}", KEY);
  first.memory.writeFile(`${LI}.sqlite3`, text(100000, "欧阳婳 13800000001 "));
  await first.vault.persist();
  await first.vault.choose(LI, PIN);
"""


def test_the_pin_opens_it_after_a_restart_and_another_pin_does_not(page: Page) -> None:
    opened = run(
        page,
        f"""{BEGUN}
        const second = await start();
        const before = JSON.parse(await second.vault.people())[0];
        const wrong = await second.vault.enter(LI, OTHER_PIN);
        const empty = second.memory.files.size;
        const right = await second.vault.enter(LI, PIN);
        const same = new TextDecoder().decode(second.memory.files.get(`${{LI}}.sqlite3`))
          === new TextDecoder().decode(first.memory.files.get(`${{LI}}.sqlite3`));
        return {{ shut: !before.isOpen && before.hasPin, wrong, empty, right, same }};
        """,
    )
    assert opened == {"shut": True, "wrong": False, "empty": 0, "right": True, "same": True}


def test_nothing_of_a_store_and_no_usable_key_lies_in_the_database(page: Page) -> None:
    found = run(
        page,
        f"""{BEGUN}
        const sealed = await inDatabase("sealed", (store) => store.getAll());
        const person = await inDatabase("people", (store) => store.get(LI));
        const keys = await inDatabase("browser", (store) => store.get("keys"));
        const all = sealed.map(({{ sealed }}) => new TextDecoder("utf-8").decode(sealed)).join("");
        return {{
          chunks: sealed.length,
          plain: all.includes("欧阳婳") || all.includes("13800000001"),
          rounds: person.byPin.rounds,
          salt: person.byPin.salt.length,
          wrapped: Object.keys(person.byPin).sort(),
          extractable: keys.pepper.extractable || keys.box.extractable,
        }};
        """,
    )
    assert found["chunks"] == 6  # five of the file and the list
    assert not found["plain"]
    assert not found["extractable"]
    assert found["rounds"] >= 600_000
    assert found["salt"] == 16
    assert found["wrapped"] == ["iv", "key", "rounds", "salt"]


def test_a_write_seals_the_chunks_that_changed_each_time_differently(page: Page) -> None:
    changed = run(
        page,
        f"""{BEGUN}
        const ivs = async () => (await inDatabase("sealed", (store) => store.getAll())).map(({{ iv }}) => String(iv));
        const before = await ivs();
        first.memory.files.get(`${{LI}}.sqlite3`)[70000] ^= 1;
        await first.vault.persist();
        const once = await ivs();
        first.memory.files.get(`${{LI}}.sqlite3`)[70000] ^= 1;
        await first.vault.persist();
        const twice = await ivs();
        await first.vault.persist();
        const idle = await ivs();
        const differ = (one, other) => one.filter((iv, at) => iv !== other[at]).length;
        return [differ(before, once), differ(once, twice), differ(twice, idle), new Set([...before, ...once, ...twice]).size];
        """,
    )
    # The chunk and the list; ten of them in all, and no IV twice.
    assert changed == [2, 2, 0, 10]


@pytest.mark.parametrize("size", [0, 1, 32768, 40001, 98304])
def test_a_file_that_grows_or_shrinks_comes_back_as_it_was(page: Page, size: int) -> None:
    same = run(
        page,
        f"""{BEGUN}
        first.memory.writeFile(`${{LI}}.sqlite3`, text({size}, "another "));
        first.memory.writeFile(`${{LI}}.sqlite3-journal`, text(10, "x"));
        await first.vault.persist();
        first.memory.unlink(`${{LI}}.sqlite3-journal`);
        await first.vault.persist();
        const second = await start();
        await second.vault.enter(LI, PIN);
        return [[...second.memory.files.keys()], String(second.memory.files.get(`${{LI}}.sqlite3`)) === String(text({size}, "another "))];
        """,
    )
    assert same == [[f"{LI}.sqlite3"], True]


@pytest.mark.parametrize(
    "damage",
    [
        "swap(0, 1)",
        "store.put(old[2], [LI, name, 2])",
        "store.delete([LI, name, 1])",
        "store.put(old.at(-1), [LI, '', 0])",
    ],
    ids=["chunks swapped", "an older chunk put back", "a chunk missing", "a list that is none"],
)
def test_parts_that_do_not_belong_together_are_not_opened(page: Page, damage: str) -> None:
    said = run(
        page,
        f"""{BEGUN}
        const name = `${{LI}}.sqlite3`;
        const old = (await inDatabase("sealed", (store) => store.getAll())).slice(1);
        first.memory.files.get(name)[70000] ^= 1;
        await first.vault.persist();
        await inDatabase("sealed", (store) => {{
          const swap = (one, other) => {{ store.put(old[one], [LI, name, other]); store.put(old[other], [LI, name, one]); }};
          {damage};
        }});
        const second = await start();
        const said = await refusal(second.vault.enter(LI, PIN));
        return [said, second.memory.files.size];
        """,
    )
    assert "damaged" in said[0]
    assert said[1] == 0


def test_the_servers_key_stands_in_for_a_forgotten_pin_and_the_old_pin_is_gone(page: Page) -> None:
    opened = run(
        page,
        f"""{BEGUN}
        const second = await start();
        const stranger = await second.vault.admit(LI, "{{}}", OTHER_KEY);
        const owner = await second.vault.admit(LI, "{{}}", KEY);
        const wants = JSON.parse(await second.vault.people())[0].wantsPin;
        await second.vault.choose(LI, OTHER_PIN);
        const third = await start();
        return [stranger, owner, wants, await third.vault.enter(LI, PIN), await third.vault.enter(LI, OTHER_PIN)];
        """,
    )
    assert opened == [False, True, True, False, True]


def test_a_new_secret_of_the_server_is_taken_up_with_the_next_pin(page: Page) -> None:
    opened = run(
        page,
        f"""{BEGUN}
        const second = await start();
        const before = await second.vault.admit(LI, "{{}}", OTHER_KEY);
        await second.vault.enter(LI, PIN);
        const third = await start();
        return [before, await third.vault.admit(LI, "{{}}", OTHER_KEY)];
        """,
    )
    assert opened == [False, True]


def test_shut_means_out_of_memory_and_still_there(page: Page) -> None:
    found = run(
        page,
        f"""{BEGUN}
        const bytes = first.memory.files.get(`${{LI}}.sqlite3`);
        bytes[0] = 65;
        await first.vault.shut(LI);
        const gone = [first.memory.files.size, bytes.every((byte) => byte === 0)];
        await first.vault.enter(LI, PIN);
        return [...gone, first.memory.files.get(`${{LI}}.sqlite3`)[0]];
        """,
    )
    assert found == [0, True, 65]


def test_what_a_full_browser_refused_is_kept_by_the_next_try_and_is_not_shut_before(page: Page) -> None:
    said = run(
        page,
        f"""{BEGUN}
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = () => {{ throw new DOMException("full", "QuotaExceededError"); }};
        first.memory.files.get(`${{LI}}.sqlite3`)[70000] ^= 1;
        const refused = [await refusal(first.vault.persist()), await refusal(first.vault.shut(LI)), first.memory.files.size];
        IDBObjectStore.prototype.put = put;
        await first.vault.persist();
        const second = await start();
        await second.vault.enter(LI, PIN);
        const kept = second.memory.files.get(`${{LI}}.sqlite3`)[70000] === first.memory.files.get(`${{LI}}.sqlite3`)[70000];
        return [...refused, kept];
        """,
    )
    assert said == ["QuotaExceededError: full", "QuotaExceededError: full", 1, True]


def test_each_person_has_a_key_of_their_own_and_the_last_one_takes_the_browsers_along(page: Page) -> None:
    left = run(
        page,
        f"""{BEGUN}
        await first.vault.admit(WANG, "{{}}", OTHER_KEY);
        first.memory.writeFile(`${{WANG}}.sqlite3`, text(10, "x"));
        await first.vault.persist();
        const second = await start();
        const strangers = [await second.vault.admit(WANG, "{{}}", KEY), await second.vault.admit(LI, "{{}}", OTHER_KEY)];
        await second.vault.forget(LI);
        const ids = async (name) => (await inDatabase(name, (store) => store.getAllKeys())).map(String);
        const one = [await ids("people"), (await ids("sealed")).length, await ids("browser")];
        await second.vault.forget(WANG);
        return [strangers, one, [await ids("people"), await ids("sealed"), await ids("browser")]];
        """,
    )
    assert left == [[False, False], [[WANG], 2, ["keys"]], [[], [], []]]


OLD = """
  const keepUnsealed = (files) => new Promise((resolve) => {
    const asked = indexedDB.open("/day2053", 21);
    asked.onupgradeneeded = () => asked.result.createObjectStore("FILE_DATA").createIndex("timestamp", "timestamp");
    asked.onsuccess = () => {
      const transaction = asked.result.transaction("FILE_DATA", "readwrite");
      const store = transaction.objectStore("FILE_DATA");
      store.put({ timestamp: new Date(), mode: 0o40700 }, "/day2053/client");
      for (const [name, contents] of Object.entries(files)) {
        store.put({ timestamp: new Date(), mode: 0o100600, contents }, `/day2053/client/${name}`);
      }
      transaction.oncomplete = () => { asked.result.close(); resolve(); };
    };
  });
  await keepUnsealed({
    [`${LI}.sqlite3`]: text(70000, "main"), [`${LI}.sqlite3-wal`]: text(5000, "wal"), [`${LI}.sqlite3-shm`]: text(10, "shm"),
    [`${WANG}.sqlite3`]: text(10, "hers"), "session.json": text(2, "{}"),
  });
  const databases = async () => (await indexedDB.databases()).map(({ name }) => name).sort();
"""


def test_a_store_of_an_earlier_version_is_sealed_and_its_database_dropped(page: Page) -> None:
    found = run(
        page,
        f"""{OLD}
        const first = await start();
        await first.vault.adopt();
        const people = JSON.parse(await first.vault.people()).map((each) => [each.id, each.isUnguarded]);
        await first.vault.admit(LI, "", undefined);
        const files = [...first.memory.files.keys()];
        const same = String(first.memory.files.get(files[0])) === String(text(70000, "main"));
        await first.vault.choose(LI, PIN);
        const second = await start();
        await second.vault.adopt();
        const standing = JSON.parse(await second.vault.people()).map((each) => [each.hasPin, each.isUnguarded]);
        return [people, files, same, standing, await second.vault.enter(LI, PIN), await second.vault.recall(), await databases()];
        """,
    )
    assert found == [
        [[LI, True], [WANG, True]],
        [f"{LI}.sqlite3", f"{LI}.sqlite3-wal"],
        True,
        [[True, False], [False, True]],
        True,
        "{}",
        ["day2053"],
    ]


def test_a_carried_over_store_whose_pin_is_forgotten_opens_by_the_password_and_from_then_on_only_so(page: Page) -> None:
    opened = run(
        page,
        f"""{OLD}
        const first = await start();
        await first.vault.adopt();
        await first.vault.admit(LI, "", undefined);
        await first.vault.choose(LI, PIN);
        const second = await start();
        const forgotten = await second.vault.admit(LI, "", KEY);
        await second.vault.entrust(LI, "about", KEY);
        const {{ byServer, byBrowser, about }} = await inDatabase("people", (store) => store.get(LI));
        const third = await start();
        return [forgotten, byServer !== null, byBrowser, about, await third.vault.admit(LI, "", OTHER_KEY), await third.vault.admit(LI, "", KEY)];
        """,
    )
    assert opened == [True, True, None, "about", False, True]


def test_a_crash_while_carrying_over_is_safe_to_repeat(page: Page) -> None:
    found = run(
        page,
        f"""{OLD}
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = () => {{ throw new DOMException("full", "QuotaExceededError"); }};
        const sealing = [await refusal((await start()).vault.adopt()), await databases()];
        IDBObjectStore.prototype.put = put;
        const drop = indexedDB.deleteDatabase;
        IDBFactory.prototype.deleteDatabase = () => {{ throw new Error("the battery"); }};
        const dying = await start();
        const dropping = await refusal(dying.vault.adopt());
        await dying.vault.admit(LI, "", undefined);
        dying.memory.writeFile(`${{LI}}.sqlite3`, text(10, "newer"));
        await dying.vault.persist();
        IDBFactory.prototype.deleteDatabase = drop;
        const last = await start();
        await last.vault.adopt();
        await last.vault.admit(LI, "", undefined);
        const newer = new TextDecoder().decode(last.memory.files.get(`${{LI}}.sqlite3`));
        return [...sealing, dropping, newer, await databases()];
        """,
    )
    assert found == [
        "QuotaExceededError: full",
        ["/day2053", "day2053"],
        "Error: the battery",
        "newernewer",
        ["day2053"],
    ]
