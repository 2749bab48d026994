// Watches a page for the bench: when a person touched, typed, and saw. Times are milliseconds since the page was asked for.
{
  const IDENTIFIER = "flt-semantics-identifier";

  const find = (identifier) => document.querySelector(`flt-semantics-host [${IDENTIFIER}="${identifier}"]`);
  const beginning = (prefix) => [...document.querySelectorAll(`flt-semantics-host [${IDENTIFIER}^="${prefix}"]`)]
    .map((element) => element.getAttribute(IDENTIFIER).slice(prefix.length));
  const words = (element) => element ? element.getAttribute("aria-label") || element.textContent : "";

  // `wanted`: { gone, says: [identifier, text], first: [prefix, not this one], all: [prefix, exactly these] }, all of it at once.
  function holds({ gone, says, first, all }) {
    // The start's own picture lies over everything and takes the taps.
    if (document.getElementById("splash")) return false;
    if (gone && find(gone)) return false;
    if (says && !words(find(says[0])).includes(says[1])) return false;
    if (first) {
      const found = beginning(first[0]);
      if (!found.length || found[0] === first[1]) return false;
    }
    if (all && beginning(all[0]).sort().join() !== [...all[1]].sort().join()) return false;
    return true;
  }

  const bench = window.bench = { touched: 0, typed: 0, steps: {}, shown: null };

  // Begins to look; `bench.shown` is when all that is wanted was on the screen.
  bench.look = (wanted) => {
    bench.shown = new Promise((resolve) => {
      let observer;
      const check = () => {
        if (!holds(wanted)) return false;
        resolve(performance.now());
        observer?.disconnect();
        return true;
      };
      if (check()) return;
      observer = new MutationObserver(check);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
  };
  bench.first = (prefix) => beginning(prefix)[0];

  addEventListener("pointerdown", ({ timeStamp }) => { bench.touched = timeStamp; }, { capture: true });
  addEventListener("input", ({ timeStamp }) => { bench.typed = timeStamp; }, { capture: true });
  addEventListener("flutter-first-frame", () => { bench.steps.flutter = performance.now(); });

  // How far Python's worker says it is at the start.
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      bench.steps.worker = performance.now();
      this.addEventListener("message", ({ data }) => {
        if (data.step) bench.steps[data.step] = performance.now();
      });
    }
  };
}
