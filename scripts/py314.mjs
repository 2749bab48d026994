// Starts Pyodide under Node and runs pytest in it. Usage: node py314.mjs PYODIDE_FOLDER WHEELS_FOLDER PROJECT_FOLDER
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Node would print the whole line of the minified file with an uncaught error.
process.on("uncaughtException", (error) => {
  console.error(error.stack.split("\n").filter((line) => line.length < 400).join("\n"));
  process.exit(1);
});

const [pyodideFolder, wheelsFolder, project] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep });
for (const name of fs.readdirSync(wheelsFolder).filter((name) => name.endsWith(".whl"))) {
  // Pyodide knows Uint8Array, not Node's Buffer.
  python.unpackArchive(new Uint8Array(fs.readFileSync(path.join(wheelsFolder, name))), "wheel", { extractDir: "/wheels" });
}
// Mounted by folder, so that no test can lean on anything but the shared models.
for (const folder of ["shared_models", "tests"]) {
  python.mountNodeFS("/project/" + folder, path.join(project, folder));
}
process.exitCode = python.runPython(`
import os, sys
sys.dont_write_bytecode = True
os.chdir("/project")
sys.path[:0] = ["/project", "/wheels"]
import importlib, pkgutil
import pytest, shared_models

for module in pkgutil.walk_packages(shared_models.__path__, "shared_models."):
    importlib.import_module(module.name)
print("Python", sys.version.split()[0], "on", sys.platform)


class FewExamples:
    def pytest_configure(self):
        import hypothesis
        # Wasm is slow and the point is the language, not the search: the full search runs in \`make unit\`.
        hypothesis.settings.register_profile("py314", deadline=None, derandomize=True, database=None, max_examples=20)
        hypothesis.settings.load_profile("py314")


code = pytest.main([
    "-q", "-c", "/dev/null", "--rootdir=/project", "--confcutdir=/project/tests/shared_models",
    "-p", "no:cacheprovider", "-p", "no:faulthandler", "--import-mode=importlib", "tests/shared_models",
], plugins=[FewExamples()])
int(code)
`);
