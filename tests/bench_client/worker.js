// Watches Python's worker for the bench: what came in, what went out, what the database did. Times are milliseconds of the day's clock.
() => {
  self.bench = [];
  const note = (what) => self.bench.push([what, performance.timeOrigin + performance.now()]);

  const take = self.onmessage;
  self.onmessage = (event) => {
    if (event.data instanceof Uint8Array) note("in");
    return take(event);
  };
  const give = self.postMessage.bind(self);
  self.postMessage = (...given) => {
    note("out");
    return give(...given);
  };
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const transaction = begin.apply(this, given);
    if (transaction.mode === "readwrite") {
      note("write");
      transaction.addEventListener("complete", () => note("durable"));
    }
    return transaction;
  };
}
