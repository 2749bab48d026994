// Packs Python sources as bytecode of the browser's own Python. Usage: node pwa_compile.mjs PYODIDE_FOLDER SOURCES_FOLDER OUTPUT_ZIP
// A zip of stored, sorted entries with one date: the same sources give the same bytes.
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, sources, output] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep });
python.mountNodeFS("/sources", path.resolve(sources));
python.mountNodeFS("/output", path.dirname(path.resolve(output)));
python.globals.set("output_name", path.basename(output));
python.runPython(`
import importlib._bootstrap_external as bootstrap
import importlib.util
import zipfile
from pathlib import Path

root = Path("/sources")


def bytecode(path):
    code = compile(path.read_bytes(), path.relative_to(root).as_posix(), "exec", dont_inherit=True, optimize=2)
    # Unchecked (PEP 552): there is no source beside it to check against.
    return bootstrap._code_to_hash_pyc(code, bytes(8), False)


with zipfile.ZipFile("/output/" + output_name, "w", zipfile.ZIP_STORED) as packed:
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        content = bytecode(path) if path.suffix == ".py" else path.read_bytes()
        packed.writestr(zipfile.ZipInfo(name + "c" if path.suffix == ".py" else name, (2020, 1, 1, 0, 0, 0)), content)
`);
