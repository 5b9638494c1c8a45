// The page's clock: runs before the page's own scripts, in the page's world.
//
// Time stands still until `advance` moves it. Timers, animation frames, dates and random numbers
// all follow from it, so that a page does the same whatever the machine is doing. The agent's world
// (agent.js) asks for an advance by an event whose name only the two know.
((key, epoch, probe) => {
  "use strict";
  const native = {
    Date, now: performance.now.bind(performance), channel: new MessageChannel(),
    stringify: JSON.stringify, report: window.reportError?.bind(window),
    listen: EventTarget.prototype.addEventListener, dispatch: EventTarget.prototype.dispatchEvent,
  };

  class Clock {
    constructor() {
      this.elapsed = 0;      // ms since the document began
      this.timers = new Map();
      this.lastId = 0;
      this.nesting = 0;      // how deep the running timer is nested, as the HTML standard counts
      this.answers = new Set(); // promises of what scripts have asked of the network
    }
    get now() { return epoch + this.elapsed; }

    add(win, callback, args, delay, { period = false, frame = false } = {}) {
      const level = this.nesting + 1;
      let wait = Math.max(0, Number(delay) || 0);
      if (level > 5 && wait < 4 && !frame) wait = 4;
      const id = ++this.lastId;
      this.timers.set(id, { id, win, callback, args, level, frame,
        at: frame ? (Math.floor(this.elapsed * 60 / 1000 + 1e-6) + 1) * 1000 / 60 : this.elapsed + wait,
        period: period ? Math.max(wait, 1) : 0 });
      return id;
    }

    due(until) {
      let first = null;
      for (const timer of this.timers.values()) {
        if (timer.at > until) continue;
        if (!first || timer.at < first.at || (timer.at === first.at && timer.id < first.id)) first = timer;
      }
      return first;
    }

    fire(timer) {
      this.elapsed = Math.max(this.elapsed, timer.at);
      if (timer.period) timer.at += timer.period; else this.timers.delete(timer.id);
      if (!timer.win.document?.defaultView) { this.timers.delete(timer.id); return; }
      this.nesting = timer.frame ? 0 : timer.level;
      try {
        if (typeof timer.callback === "function") timer.callback.apply(timer.win, timer.args());
        else timer.win.eval(String(timer.callback));
      } catch (error) {
        native.report?.(error);
      } finally {
        this.nesting = 0;
      }
    }

    // Time stands still while scripts wait for the network: how long that takes is no fact of the page.
    async answered() {
      while (this.answers.size) {
        await Promise.race(this.answers);
        await this.task();
      }
    }

    async task() {
      await new Promise((resolve) => {
        native.channel.port1.onmessage = resolve;
        native.channel.port2.postMessage(null);
      });
    }

    // Each callback gets a task of its own, so that promises run in between as they would.
    async advance(ms) {
      const until = this.elapsed + ms;
      if (this.answers.size) await this.answered();
      for (let timer = this.due(until); timer; timer = this.due(until)) {
        this.fire(timer);
        await this.task();
        if (this.answers.size) await this.answered();
      }
      this.elapsed = until;
    }
  }

  let clock = null;
  if (window !== window.parent) {
    try { clock = window.parent[key]; } catch { return; } // another origin: not ours to drive
  }
  clock ??= new Clock();
  Object.defineProperty(window, key, { value: clock });

  const define = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true });
  const fixed = (args) => () => args;
  define(window, "setTimeout", (callback, delay, ...args) => clock.add(window, callback, fixed(args), delay));
  define(window, "setInterval", (callback, delay, ...args) =>
    clock.add(window, callback, fixed(args), delay, { period: true }));
  define(window, "clearTimeout", (id) => { clock.timers.delete(Number(id)); });
  define(window, "clearInterval", (id) => { clock.timers.delete(Number(id)); });
  const frame = (callback) => clock.add(window, callback, () => [clock.elapsed], 0, { frame: true });
  for (const name of ["requestAnimationFrame", "webkitRequestAnimationFrame"]) define(window, name, frame);
  for (const name of ["cancelAnimationFrame", "webkitCancelAnimationFrame", "cancelIdleCallback"])
    define(window, name, (id) => { clock.timers.delete(Number(id)); });
  define(window, "requestIdleCallback", (callback) =>
    clock.add(window, callback, () => [{ didTimeout: false, timeRemaining: () => 50 }], 1));

  function PageDate(...args) {
    if (!new.target) return new native.Date(clock.now).toString();
    return Reflect.construct(native.Date, args.length ? args : [clock.now], new.target);
  }
  Object.defineProperties(PageDate, {
    name: { value: "Date" }, length: { value: 7 }, prototype: { value: native.Date.prototype },
    now: { value: () => Math.floor(clock.now), writable: true, configurable: true },
    parse: { value: native.Date.parse }, UTC: { value: native.Date.UTC },
  });
  define(native.Date.prototype, "constructor", PageDate);
  define(window, "Date", PageDate);
  define(Performance.prototype, "now", () => clock.elapsed);
  Object.defineProperty(Performance.prototype, "timeOrigin", { get: () => epoch });
  Object.defineProperty(Event.prototype, "timeStamp", { get: () => clock.elapsed });
  const formats = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(formats, "format").get;
  const parts = formats.formatToParts;
  Object.defineProperty(formats, "format", {
    configurable: true,
    get() { const bound = format.call(this); return (date = clock.now) => bound(date); },
  });
  define(formats, "formatToParts", function formatToParts(date = clock.now) { return parts.call(this, date); });

  if (window.Geolocation) { // refused on the page's clock: the browser's own refusal comes when it comes
    const refusal = { code: 1, message: "User denied Geolocation", PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 };
    const refuse = (_, failed) => { if (failed) clock.add(window, failed, fixed([refusal]), 0); return 1; };
    for (const name of ["getCurrentPosition", "watchPosition"]) define(Geolocation.prototype, name, refuse);
  }
  define(window, "close", () => {}); // a tab without a history may close itself
  // Random numbers until the task seeds its own: mulberry32, a public-domain generator of T. Ettinger.
  let state = 0x9e3779b9;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  define(Math, "random", random);
  define(Crypto.prototype, "getRandomValues", (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    return array;
  });

  const awaited = (answer) => {
    const over = answer.then(() => clock.answers.delete(over), () => clock.answers.delete(over));
    clock.answers.add(over);
  };
  const { fetch, XMLHttpRequest } = window;
  define(window, "fetch", (...args) => {
    const answer = fetch.apply(window, args);
    awaited(answer);
    return answer;
  });
  const { open, send } = XMLHttpRequest.prototype;
  const waiting = new WeakSet();
  define(XMLHttpRequest.prototype, "open", function (method, url, async = true, ...rest) {
    if (async) waiting.add(this); else waiting.delete(this);
    return open.call(this, method, url, async, ...rest);
  });
  define(XMLHttpRequest.prototype, "send", function (...args) {
    if (waiting.has(this))
      awaited(new Promise((resolve) => native.listen.call(this, "loadend", resolve, { once: true })));
    return send.apply(this, args);
  });

  // A frame's document that is being replaced, and its successor until it has loaded.
  const child = window !== window.top;
  if (child) awaited(new Promise((resolve) => native.listen.call(window, "load", resolve, { once: true })));
  if (child && window.navigation)
    native.listen.call(window.navigation, "navigate", (event) => {
      if (event.destination.sameDocument || event.downloadRequest !== null) return;
      if (!event.destination.url.startsWith(`${location.origin}/`)) return; // it will be refused
      awaited(new Promise((resolve) => {
        native.listen.call(window, "pagehide", resolve, { once: true });
        native.listen.call(window.navigation, "navigateerror", resolve, { once: true });
      }));
    });

  if (window !== window.top && clock !== null && window.parent[key] === clock) return;
  const answer = (detail) =>
    native.dispatch.call(document, new CustomEvent(`${key}:advanced`, { detail: native.stringify(detail) }));
  native.listen.call(document, `${key}:advance`, async (event) => {
    await clock.advance(Number(event.detail));
    let state = null, failure = "";
    try { state = probe(); } catch (error) { failure = String(error); }
    answer({ time_ms: clock.elapsed, state, failure });
  });
})
