// Keeps every store on the device sealed, and opens one for whoever has its key. In memory (`folder`) a store lies only while it is open.
//
// A store has one random data key. At rest that is there only wrapped: by the PIN, mixed with a key of this browser that
// no script can read out; by the device key that the server gives for a password; or, until either was there, by this browser alone.

const DATABASE = "day2053";
// What versions before this one kept, unsealed, by Emscripten's IDBFS: the folder's name was the database's.
const UNSEALED = "/day2053";
const ROUNDS = 600_000;
// Large enough for few records, small enough that a call does not write the whole book again.
const CHUNK = 32768;
const STORE_FILE = /^([0-9a-f-]{36})\.sqlite3(-wal|-journal)?$/;

const { subtle } = crypto;
const utf8 = new TextEncoder();

function random(bytes) {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// `place` says what the bytes are: sealed bytes that were moved elsewhere do not open.
async function seal(key, bytes, place) {
  const iv = random(12);
  const sealed = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(JSON.stringify(place)) }, key, bytes);
  return { iv, sealed };
}

async function unseal(key, { iv, sealed }, place) {
  return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(JSON.stringify(place)) }, key, sealed));
}

async function wrap(dataKey, by, place) {
  const iv = random(12);
  return { iv, key: await subtle.wrapKey("raw", dataKey, by, { name: "AES-GCM", iv, additionalData: utf8.encode(JSON.stringify(place)) }) };
}

// The data key, or null when `by` is not what wrapped it. Only one that is about to be wrapped anew may be `extractable`.
async function unwrap(wrapped, by, place, extractable) {
  const way = { name: "AES-GCM", iv: wrapped.iv, additionalData: utf8.encode(JSON.stringify(place)) };
  try {
    return await subtle.unwrapKey("raw", wrapped.key, by, way, "AES-GCM", extractable, ["encrypt", "decrypt"]);
  } catch (error) {
    if (error.name === "OperationError") return null;
    throw error;
  }
}

async function keyOfPin(pin, { salt, rounds }, pepper) {
  const typed = await subtle.importKey("raw", utf8.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const stretched = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, typed, 256);
  const mixed = await subtle.sign("HMAC", pepper, stretched);
  return subtle.importKey("raw", mixed, "AES-GCM", false, ["wrapKey", "unwrapKey"]);
}

function keyOfServer(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  return subtle.importKey("raw", bytes, "AES-GCM", false, ["wrapKey", "unwrapKey"]);
}

function isSame(one, other, from, to) {
  const words = (to - from) >> 2;
  const left = new Uint32Array(one.buffer, one.byteOffset + from, words);
  const right = new Uint32Array(other.buffer, other.byteOffset + from, words);
  for (let at = 0; at < words; at++) if (left[at] !== right[at]) return false;
  for (let at = from + 4 * words; at < to; at++) if (one[at] !== other[at]) return false;
  return true;
}

export class Vault {
  #folder;
  #files = null;
  #database = null;
  // The stores that are open, by their person: { key, spare, kept, version }. `spare` can be wrapped anew; `kept` is what lies sealed.
  #open = new Map();
  // Device keys that fitted nothing: the server's secret has changed, and whoever has the PIN brings the store in step.
  #offered = new Map();
  #last = Promise.resolve();

  constructor(folder) {
    this.#folder = folder;
  }

  // Takes the file system in whose memory open stores lie.
  attach(files) {
    this.#files = files;
    files.mkdirTree(this.#folder);
  }

  // Who has a store here, as JSON: [{ id, about, hasPin, isOpen, wantsPin, isUnguarded }]; `about` is what the app said of them.
  async people() {
    const found = await this.#read("people", (store) => Promise.all([request(store.getAllKeys()), request(store.getAll())]));
    return JSON.stringify(found[0].map((id, at) => {
      const { about, byPin, byBrowser } = found[1][at];
      const open = this.#open.get(id);
      const hasPin = byPin !== null;
      return { id, about, hasPin, isOpen: Boolean(open), wantsPin: Boolean(open?.spare), isUnguarded: !hasPin && byBrowser !== null };
    }));
  }

  // Keeps what the app says of somebody.
  note(id, about) {
    return this.#inTurn(async () => this.#keep(id, { ...await this.#person(id), about }));
  }

  // Opens, or begins, the store of somebody who has just given their password, or of whom nothing guards it yet; false when
  // this device key does not open it.
  admit(id, about, deviceKey) {
    return this.#inTurn(async () => {
      const person = await this.#person(id);
      if (!person) {
        const spare = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
        await this.#keep(id, { about, byPin: null, ...await this.#wrappedFor(id, spare, deviceKey) });
        this.#open.set(id, { key: spare, spare, kept: new Map(), version: 0 });
        return true;
      }
      const spare = await this.#withoutPin(id, person, deviceKey);
      if (this.#open.has(id)) {
        if (!spare && deviceKey) this.#offered.set(id, deviceKey);
        return true;
      }
      if (!spare) {
        if (deviceKey) this.#offered.set(id, deviceKey);
        return false;
      }
      await this.#load(id, spare, spare);
      return true;
    });
  }

  // Lets the server's device key stand in for the PIN from now on, where until now this browser alone did.
  entrust(id, about, deviceKey) {
    return this.#inTurn(async () => {
      const person = await this.#person(id);
      const dataKey = person.byBrowser && deviceKey ? await this.#withoutPin(id, { ...person, byServer: null }, null) : null;
      await this.#keep(id, { ...person, about, ...(dataKey ? await this.#wrappedFor(id, dataKey, deviceKey) : {}) });
    });
  }

  // Opens a store by its PIN; false when that is not it.
  enter(id, pin) {
    return this.#inTurn(async () => {
      const person = await this.#person(id);
      const by = await keyOfPin(pin, person.byPin, (await this.#browserKeys()).pepper);
      const offered = this.#offered.get(id);
      const key = await unwrap(person.byPin, by, [id, "pin"], Boolean(offered));
      if (!key) return false;
      if (offered) {
        await this.#keep(id, { ...person, ...await this.#wrappedFor(id, key, offered) });
        this.#offered.delete(id);
      }
      if (!this.#open.has(id)) await this.#load(id, await unwrap(person.byPin, by, [id, "pin"], false), null);
      return true;
    });
  }

  // Lets this PIN open the store from now on, and no other.
  choose(id, pin) {
    return this.#inTurn(async () => {
      const open = this.#open.get(id);
      const how = { salt: random(16), rounds: ROUNDS };
      const by = await keyOfPin(pin, how, (await this.#browserKeys()).pepper);
      await this.#keep(id, { ...await this.#person(id), byPin: { ...how, ...await wrap(open.spare, by, [id, "pin"]) } });
      const raw = new Uint8Array(await subtle.exportKey("raw", open.spare));
      open.key = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      open.spare = null;
      raw.fill(0);
    });
  }

  // Takes a store out of memory and forgets its key. What was not kept yet is kept first; when that fails it stays open.
  shut(id) {
    return this.#inTurn(async () => {
      await this.#persist();
      this.#wipe(id);
    });
  }

  // Forgets somebody: their store, their keys, and with the last one the browser's own.
  forget(id) {
    return this.#inTurn(async () => {
      this.#wipe(id);
      const others = (await this.#read("people", (store) => request(store.getAllKeys()))).filter((each) => each !== id);
      await this.#write(["people", "sealed", "browser"], (people, sealed, browser) => {
        people.delete(id);
        sealed.delete(IDBKeyRange.bound([id], [id, []]));
        if (!others.length) browser.delete("keys");
      });
    });
  }

  // Brings all that changed in open stores into the database, sealed; done when the browser says that it is durable.
  persist() {
    return this.#inTurn(() => this.#persist());
  }

  // The kept sign-in, text that opens nothing by itself; undefined, Python's None, for none.
  recall() {
    return this.#inTurn(() => this.#read("browser", (store) => request(store.get("session"))));
  }

  remember(text) {
    return this.#inTurn(() => this.#write(["browser"], (browser) => {
      if (text === undefined) browser.delete("session");
      else browser.put(text, "session");
    }));
  }

  // Seals what an earlier version kept as it was, and drops that once it is durable. Again after a crash in between: what is
  // sealed already is newer.
  adopt() {
    return this.#inTurn(async () => {
      const old = await readUnsealed();
      if (!old) return;
      const known = new Set(await this.#read("people", (store) => request(store.getAllKeys())));
      const stores = new Map();
      for (const [path, bytes] of old) {
        const [name, id] = STORE_FILE.exec(path.split("/").at(-1)) ?? [];
        if (id && !known.has(id)) stores.set(id, [...stores.get(id) ?? [], [name, bytes]]);
      }
      const sealed = [];
      for (const [id, files] of stores) {
        const key = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
        const person = { about: "", byPin: null, ...await this.#wrappedFor(id, key, null) };
        sealed.push({ id, person, ...await sealChanges(id, { key, kept: new Map(), version: 0 }, new Map(files)) });
      }
      const session = old.get(`${UNSEALED}/client/session.json`);
      await this.#write(["people", "sealed", "browser"], (people, chunks, browser) => {
        for (const { id, person, put } of sealed) {
          people.put(person, id);
          for (const [key, value] of put) chunks.put(value, key);
        }
        if (session && !known.size) browser.put(new TextDecoder().decode(session), "session");
      });
      await request(indexedDB.deleteDatabase(UNSEALED));
    });
  }

  async #persist() {
    // All of memory at one moment, before anything is waited for.
    const now = [...this.#open].map(([id, open]) => [id, open, this.#inMemory(id)]);
    const changes = [];
    for (const [id, open, files] of now) {
      const change = await sealChanges(id, open, files);
      if (change.put.length) changes.push({ open, files, ...change });
    }
    if (!changes.length) return;
    // One transaction for all files and all stores: no crash leaves a file without the journal that belongs to it.
    await this.#write(["sealed"], (sealed) => {
      for (const { put, drop } of changes) {
        for (const [key, value] of put) sealed.put(value, key);
        for (const range of drop) sealed.delete(range);
      }
    });
    for (const { open, files, kept, version } of changes) {
      Object.assign(open, { kept, version });
      for (const [name, bytes] of files) kept.get(name).bytes = bytes;
    }
  }

  // Reads a store into memory. Raises when a part of it is missing, altered or older than the rest.
  async #load(id, key, spare) {
    const [keys, values] = await this.#read("sealed", (store) => {
      const range = IDBKeyRange.bound([id], [id, []]);
      return Promise.all([request(store.getAllKeys(range)), request(store.getAll(range))]);
    });
    const found = new Map(keys.map((each, at) => [JSON.stringify(each), values[at]]));
    const kept = new Map();
    let version = 0;
    if (found.size) {
      const list = await opened(key, found, [id, "", 0], [id, "list"]);
      const { version: newest, files } = JSON.parse(new TextDecoder().decode(list));
      version = newest;
      for (const [name, { size, versions }] of Object.entries(files)) {
        const bytes = new Uint8Array(size);
        const parts = await Promise.all(versions.map((of, at) => opened(key, found, [id, name, at], [id, name, at, of])));
        parts.forEach((part, at) => bytes.set(part, at * CHUNK));
        kept.set(name, { versions, bytes });
      }
    }
    for (const [name, { bytes }] of kept) this.#files.writeFile(`${this.#folder}/${name}`, bytes, { mode: 0o600 });
    this.#open.set(id, { key, spare, kept, version });
  }

  #inMemory(id) {
    const names = this.#files.readdir(this.#folder).filter((name) => STORE_FILE.exec(name)?.[1] === id);
    return new Map(names.map((name) => [name, this.#files.readFile(`${this.#folder}/${name}`)]));
  }

  #wipe(id) {
    for (const name of this.#files.readdir(this.#folder).filter((each) => each.startsWith(id))) {
      const path = `${this.#folder}/${name}`;
      this.#files.lookupPath(path).node.contents?.fill(0);
      this.#files.unlink(path);
    }
    for (const { bytes } of this.#open.get(id)?.kept.values() ?? []) bytes.fill(0);
    this.#open.delete(id);
  }

  async #withoutPin(id, person, deviceKey) {
    if (person.byServer && deviceKey) {
      const key = await unwrap(person.byServer, await keyOfServer(deviceKey), [id, "server"], true);
      if (key) return key;
    }
    return person.byBrowser && unwrap(person.byBrowser, (await this.#browserKeys()).box, [id, "browser"], true);
  }

  // By the server's key where there is one; else by this browser's, so that no forgotten PIN ever costs a record.
  async #wrappedFor(id, dataKey, deviceKey) {
    return deviceKey
      ? { byServer: await wrap(dataKey, await keyOfServer(deviceKey), [id, "server"]), byBrowser: null }
      : { byServer: null, byBrowser: await wrap(dataKey, (await this.#browserKeys()).box, [id, "browser"]) };
  }

  async #browserKeys() {
    const kept = await this.#read("browser", (store) => request(store.get("keys")));
    if (kept) return kept;
    const keys = {
      pepper: await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
      box: await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]),
    };
    await this.#write(["browser"], (browser) => browser.put(keys, "keys"));
    return keys;
  }

  #person(id) {
    return this.#read("people", (store) => request(store.get(id)));
  }

  #keep(id, person) {
    return this.#write(["people"], (people) => people.put(person, id));
  }

  // One thing at a time: a store that is being forgotten must not be kept once more by whoever came before.
  #inTurn(work) {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  #opened() {
    this.#database ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => ["people", "sealed", "browser"].forEach((name) => asked.result.createObjectStore(name));
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        // Some browsers drop the connection of a page that slept.
        asked.result.onclose = () => { this.#database = null; };
        resolve(asked.result);
      };
    });
    return this.#database;
  }

  async #read(name, work) {
    return work((await this.#opened()).transaction(name).objectStore(name));
  }

  async #write(names, work) {
    // Done means on the disk, not in the system's buffers: a phone's battery ends without a word.
    const transaction = (await this.#opened()).transaction(names, "readwrite", { durability: "strict" });
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error("The transaction was broken off."));
      try {
        work(...names.map((name) => transaction.objectStore(name)));
      } catch (error) {
        transaction.abort();
        reject(error);
      }
    });
  }
}

async function opened(key, found, at, place) {
  const part = found.get(JSON.stringify(at));
  if (!part) throw new Error(`damaged: ${at[1]} ${at[2]} is missing`);
  try {
    return await unseal(key, part, place);
  } catch {
    throw new Error(`damaged: ${at[1]} ${at[2]} does not open`);
  }
}

// What has to be written for `files` to be what is kept: chunks that differ, and the list that says which version of each is in force.
async function sealChanges(id, { key, kept, version }, files) {
  const next = version + 1;
  const put = [];
  const drop = [];
  const list = {};
  const after = new Map();
  for (const [name, bytes] of files) {
    const before = kept.get(name);
    const versions = [];
    const changed = [];
    for (let at = 0; at * CHUNK < bytes.length; at++) {
      const [from, to] = [at * CHUNK, Math.min((at + 1) * CHUNK, bytes.length)];
      const stays = before && Math.min((at + 1) * CHUNK, before.bytes.length) === to && isSame(bytes, before.bytes, from, to);
      versions.push(stays ? before.versions[at] : next);
      if (!stays) changed.push(at);
    }
    put.push(...await Promise.all(changed.map(async (at) =>
      [[id, name, at], await seal(key, bytes.subarray(at * CHUNK, (at + 1) * CHUNK), [id, name, at, next])])));
    if (before && before.versions.length > versions.length) drop.push(IDBKeyRange.bound([id, name, versions.length], [id, name, []]));
    list[name] = { size: bytes.length, versions };
    after.set(name, { versions, bytes });
  }
  for (const name of kept.keys()) if (!files.has(name)) drop.push(IDBKeyRange.bound([id, name], [id, name, []]));
  const isNew = put.length || drop.length || [...files].some(([name, { length }]) => kept.get(name)?.bytes.length !== length);
  if (isNew) put.push([[id, "", 0], await seal(key, utf8.encode(JSON.stringify({ version: next, files: list })), [id, "list"])]);
  return { put, drop, kept: after, version: next };
}

// The files of the database of an earlier version by path; null when there is none.
async function readUnsealed() {
  const asked = indexedDB.open(UNSEALED);
  // Only asked for, not made.
  asked.onupgradeneeded = () => asked.transaction.abort();
  let database;
  try {
    database = await request(asked);
  } catch (error) {
    if (error.name === "AbortError") return null;
    throw error;
  }
  const store = database.transaction("FILE_DATA").objectStore("FILE_DATA");
  const [paths, entries] = await Promise.all([request(store.getAllKeys()), request(store.getAll())]);
  database.close();
  return new Map(paths.map((path, at) => [path, entries[at].contents]).filter(([, contents]) => contents));
}
