// The worker in which the app's Python runs. It starts with the page, before Flutter asks for it, and says how far it is.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { seal } from "./sealer.js";
import { Vault } from "./vault.js";

// In memory; what is to stay is the vault's to keep.
const STORES = "/day2053/client";
const ARCHIVES = ["packages.zip", "app.zip"];
const START = `
import sys
sys.path[:0] = ["/app/app.zip", "/app/files", "/app/packages.zip"]
import flet as ft
from app_client.main import main
ft.run(main)
`;

async function bytesOf(name) {
  const reply = await fetch(new URL(name, import.meta.url));
  if (!reply.ok) throw new Error(`${name}: HTTP ${reply.status}`);
  return new Uint8Array(await reply.arrayBuffer());
}

function tell(step) {
  self.postMessage({ step });
}

// Starts the app and returns what takes Flutter's messages. `documentUrl` is the page's address, with the route in it.
async function start(documentUrl) {
  // Fetched while Pyodide itself is compiled.
  const files = bytesOf("files.zip");
  const archives = ARCHIVES.map(async (name) => [name, await bytesOf(name)]);
  const vault = new Vault(STORES);
  const adopted = vault.adopt();
  // Looked at again below; until then a failure is not "unhandled".
  adopted.catch(() => {});
  const python = await loadPyodide({
    stdLibURL: new URL("stdlib.zip", import.meta.url).href,
    env: { HOME: "/home/pyodide", FLET_ASSETS_DIR: "/app/files/assets", PYDANTIC_DISABLE_PLUGINS: "1" },
    stdout: (text) => console.log(text),
    stderr: (text) => console.warn(text),
    fsInit: async (FS) => {
      FS.mkdirTree("/app/files");
      vault.attach(FS);
      for (const [name, bytes] of await Promise.all(archives)) FS.writeFile(`/app/${name}`, bytes);
    },
  });
  tell("python");
  python.unpackArchive(await files, "zip", { extractDir: "/app/files" });
  await adopted;
  // Flet's own name for what page and Python tell each other; the last three are for platform/browser.py.
  const bridge = { documentUrl, folder: STORES, vault, seal, touched: null };
  touched = () => bridge.touched?.();
  python.registerJsModule("flet_js", bridge);
  await python.runPythonAsync(START);
  await bridge.start_connection((message) => {
    // A fresh copy, so its buffer can be handed over instead of being copied again.
    const bytes = message.toJs();
    self.postMessage(bytes, [bytes.buffer]);
  });
  tell("app");
  return (data) => bridge.send(data);
}

let send = null;
let touched = () => {};

self.onmessage = async ({ data }) => {
  if (data.touched) {
    touched();
    return;
  }
  if (send) {
    send(data);
    return;
  }
  try {
    send = await start(data.documentUrl);
    self.postMessage({ ready: true });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
