// Opens the app: alone in its browser, from files that are all on the device, with a word for whatever stands in the way.
// Python (worker.js) and Flutter start side by side; they meet in jsConnect.

const LOCK = "day2053";
const STEPS = { files: 0.1, python: 0.45, app: 0.85 };
const WORDS = {
  downloading: "正在下载，以后没有网络也能打开",
  opening: "正在打开",
  elsewhere: ["Day2053 已在别处打开", "同一时间只能在一个页面里用。关掉那一页，这里会接着打开。", "Open in another tab. Close it and this one goes on."],
  insecure: ["这个地址不能离线使用", "离线版要通过 https 打开，请向管理员要正确的地址。", "The offline app needs an https address."],
  old: ["浏览器版本太旧", "请更新浏览器，或换一个新的浏览器打开。", "This browser is too old."],
  offline: ["还没有下载完", "第一次打开需要网络。连上网络后再试一次。", "The first start needs a network. Connect and try again."],
  broken: ["没能打开", "记下的都在这台设备上，没有丢。先再试一次；还是不行，连上网络后重新下载程序。", "It could not start. What you recorded is still on this device."],
};

const at = (id) => document.getElementById(id);
let hasFailed = false;

function progress(part, words) {
  at("splash").style.setProperty("--part", String(part));
  at("splash-words").textContent = words ?? "";
}

function trouble(kind, reason = "") {
  hasFailed = true;
  const [title, advice, english] = WORDS[kind];
  at("trouble-title").textContent = title;
  at("trouble-advice").textContent = advice;
  at("trouble-english").textContent = english;
  at("trouble-reason").textContent = reason;
  at("trouble-again").hidden = kind !== "offline" && kind !== "broken";
  at("trouble-anew").hidden = kind !== "broken";
  at("trouble").hidden = false;
}

// Resolves once no other tab has the app; the lock is held until this page goes.
function alone() {
  return new Promise((resolve) => {
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock) {
        resolve();
        return new Promise(() => {});
      }
      trouble("elsewhere");
      // The other tab may have brought a newer version: begin again rather than go on.
      navigator.locks.request(LOCK, () => location.reload());
      return undefined;
    });
  });
}

// The renderer that Flutter's loader would choose itself; only its files are kept on the device.
function renderer() {
  const isBlink = navigator.vendor === "Google Inc." || navigator.userAgent.includes("Edg/");
  const hasGarbageCollection = WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 95, 1, 120, 0]));
  return isBlink && hasGarbageCollection ? "skwasm" : "canvaskit";
}

// Resolves once every file is on the device, of one version: the one before, until a newer one is complete.
async function installed() {
  const workers = navigator.serviceWorker;
  workers.addEventListener("message", ({ data }) => {
    if (!workers.controller && data.downloaded !== undefined) progress(data.downloaded, WORDS.downloading);
  });
  const taken = new Promise((resolve) => workers.addEventListener("controllerchange", resolve, { once: true }));
  // Without a network the one that is there is found all the same.
  const registration = await workers.register(`sw.js?renderer=${renderer()}`, { updateViaCache: "none" })
    .catch((error) => workers.getRegistration().then((found) => found ?? Promise.reject(error)));
  if (workers.controller) {
    if (registration.waiting) {
      registration.waiting.postMessage("apply");
      await taken;
      location.reload();
      await new Promise(() => {});
    }
  } else {
    const coming = registration.installing ?? registration.waiting ?? registration.active;
    const lost = new Promise((_, reject) => coming.addEventListener("statechange", () => {
      if (coming.state === "redundant") reject(new Error("download"));
    }));
    await Promise.race([taken, lost]);
  }
  document.addEventListener("visibilitychange", () => {
    // Without a network it fails, and the next one comes.
    if (!document.hidden) registration.update().catch(() => {});
  });
}

// Starts Python and gives Flutter the functions by which Flet's Dart side speaks with it.
function startPython() {
  const worker = new Worker("worker.js", { type: "module" });
  let receive = () => {};
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data instanceof Uint8Array) receive(data);
      else if (data.step) progress(STEPS[data.step], WORDS.opening);
      else if (data.ready) resolve();
      else reject(new Error(data.failed));
    };
    worker.onerror = (event) => {
      // Also when Python dies in the middle of the day: the page would stand still without a word.
      trouble("broken", event.message);
      reject(new Error(event.message));
    };
  });
  // The last line of a traceback says what it was.
  ready.catch((error) => trouble("broken", error.message.trim().split("\n").at(-1)));
  worker.postMessage({ documentUrl: document.URL });
  noticeTouches(() => worker.postMessage({ touched: true }));
  globalThis.jsConnect = (_app, _args, onMessage) => {
    receive = onMessage;
    return ready;
  };
  globalThis.jsSend = async (_app, data) => worker.postMessage(data, [data.buffer]);
  globalThis.jsDisconnect = async () => worker.terminate();
}

// Tells, once a second at most, that somebody is there: the app locks itself when nobody is.
function noticeTouches(tell) {
  let told = 0;
  const noticed = ({ timeStamp }) => {
    if (timeStamp - told < 1000) return;
    told = timeStamp;
    tell();
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(kind, noticed, { capture: true, passive: true });
}

function startFlutter() {
  const base = new URL(document.baseURI).pathname;
  globalThis.flet = {
    pyodide: true,
    multiView: false,
    noCdn: true,
    webSocketEndpoint: "ws",
    entrypointBaseUrl: base,
    assetBase: base,
    routeUrlStrategy: "path",
    canvasKitBaseUrl: `${base}canvaskit/`,
    webRenderer: renderer(),
    // Every font is in the manifest; what they lack would be asked of another host.
    fontFallbackBaseUrl: `${base}fonts/`,
  };
  globalThis.flet.flutterAppLoaded = new Promise((resolve) => { globalThis.flet.flutterAppResolve = resolve; });
  // Flet's build brings Rive, which asks a CDN for a script at every start, used or not.
  const append = document.body.append.bind(document.body);
  document.body.append = (...nodes) => append(...nodes.filter(
    (node) => !(node instanceof HTMLScriptElement && node.src && new URL(node.src).origin !== location.origin)));
  const script = document.createElement("script");
  script.src = "flutter_bootstrap.js";
  script.onerror = () => trouble("broken", "Flutter");
  document.body.append(script);
}

// Between Flutter's first frame and the first page Flet shows a bare "Working...": the rings stay until the page names itself.
function liftSplash() {
  const unnamed = [document.title, "", "Flet"];
  const watch = setInterval(() => {
    if (unnamed.includes(document.title)) return;
    clearInterval(watch);
    progress(1, WORDS.opening);
    setTimeout(() => at("splash").remove(), 400);
  }, 50);
}

async function open() {
  if (!isSecureContext) return trouble("insecure");
  if (!navigator.locks || !navigator.serviceWorker || !globalThis.WebAssembly) return trouble("old");
  await alone();
  try {
    await installed();
  } catch (error) {
    return trouble("offline", error.message);
  }
  progress(STEPS.files, WORDS.opening);
  // Asked for, so that a full phone does not throw away the outbox first.
  navigator.storage?.persist?.();
  startPython();
  startFlutter();
  return liftSplash();
}

at("trouble-again").addEventListener("click", () => location.reload());
at("trouble-anew").addEventListener("click", async () => {
  // The program only: what was recorded lies in IndexedDB and is not touched.
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    if (registration.scope === document.baseURI) await registration.unregister();
  }
  await caches.delete("day2053");
  location.reload();
});
// When the renderer dies the page stands still for good; everything recorded is kept, so a fresh page goes on with it.
addEventListener("error", (event) => {
  if (!(event.error instanceof WebAssembly.RuntimeError)) return;
  const last = Number(sessionStorage.getItem("renderer-died") || 0);
  sessionStorage.setItem("renderer-died", String(Date.now()));
  if (Date.now() - last > 30000) location.reload();
  else if (!hasFailed) trouble("broken", event.message);
});
// WebKit brings a Flutter page back from its cache with its frames broken; a fresh one is at once as far.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
open();
