// A task's page in its frame: begun as an environment begins it, its clock moved by real time.

import { Hands } from "./hands.js";
import { Log } from "./marks.js";
import { Typing } from "./typing.js";

const CLOCK = "webagents:clock", EYES = "webagents:eyes";
const SKIP = ["reward-display", "click-canvas", "sync-task-cover", "attention-canvas", "reward-reason"];
const READY_MS = 50, READY_LOOKS = 400;
const MOST_MS = 100; // of a moment's time: while a tab is hidden its page stands still

export class TaskPage {
  // ended({raw, ended_ms, moves}) is called once; shortcut(event) hears keys held with Alt.
  constructor(frame, assignment, { ended, shortcut }) {
    this.frame = frame;
    this.assignment = assignment;
    this.ended = ended;
    this.shortcut = shortcut;
    this.running = false;
    this.over = false;
    this.changed_ms = -1;   // when the page last changed by itself
    this.ticking = false;
    this.began_ms = 0;
  }

  // Loads the page and begins its episode; its instruction ("" where it was stopped meanwhile).
  async begin() {
    const { frame, assignment } = this;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    frame.src = assignment.page;
    await loaded;
    if (this.over) return "";
    const view = this.view = frame.contentWindow;
    this.clock = view[CLOCK];
    this.eyes = view[EYES];
    view.Math.seedrandom(assignment.seed);
    view.core.setDataMode("train");
    view.core.startEpisodeReal();
    view.clearTimeout(view.core.EP_TIMER);
    await this.clock.advance(0);
    this.look();
    for (let n = 0; !view.WOB_TASK_READY && n < READY_LOOKS; n++) {
      await this.clock.advance(READY_MS);
      this.eyes.forgetAbove(0);
      this.look();
    }
    if (this.over) return "";
    this.clockAtStart();
    const log = this.log = new Log(this);
    this.hands = new Hands(log, assignment, assignment.pointer);
    this.typing = new Typing(log);
    this.attach(view);
    this.running = true;
    frame.contentWindow.focus();
    requestAnimationFrame((now) => this.tick(now, now));
    return this.instruction();
  }

  // The page's own clock counts from its document's beginning, a recording from its episode's.
  clockAtStart() {
    const { clock } = this, began = clock.elapsed;
    this.clock = { get elapsed() { return clock.elapsed - began; }, advance: (ms) => clock.advance(ms) };
  }

  instruction() {
    const told = this.view.core.getUtterance();
    return typeof told === "string" ? told : told.utterance;
  }

  look() { return this.eyes.look(false, SKIP); }

  attach(view) {
    view.addEventListener("keydown", (event) => { if (event.altKey) this.shortcut(event); }, true);
    this.hands.attach(view);
    this.typing.attach(view);
    const seen = new view.MutationObserver((records) => this.changed(records));
    seen.observe(view.document, { subtree: true, childList: true, attributes: true, characterData: true });
    // The task is one page, as in an environment.
    view.navigation?.addEventListener("navigate", (event) => {
      if (!event.destination.sameDocument && event.cancelable && view === this.view) event.preventDefault();
    });
    view.addEventListener("submit", (event) => event.preventDefault());
    view.addEventListener("click", (event) => {
      const link = event.composedPath().find((node) => node.localName === "a");
      if (link?.href && !link.getAttribute("href").startsWith("#") && !link.href.startsWith("javascript:"))
        event.preventDefault();
    });
    const inner = (frame) => { if (frame.contentWindow && frame.contentDocument) this.attach(frame.contentWindow); };
    for (const frame of view.document.querySelectorAll("iframe,frame")) inner(frame);
    view.document.addEventListener("load", (event) => {
      if (["iframe", "frame"].includes(event.target.localName)) inner(event.target);
    }, true);
  }

  changed(records) {
    if (!this.running) return;
    const outside = SKIP.map((id) => `#${id}`).join(",");
    const seen = records.filter(({ target }) => {
      const element = target.nodeType === 1 ? target : target.parentElement;
      return element && !element.closest(outside);
    });
    if (!seen.length) return;
    if (this.ticking) this.changed_ms = this.clock.elapsed;
    this.hands.changed(seen, this.ticking);
  }

  async tick(now, before) {
    if (!this.running) return;
    this.ticking = true;
    await this.clock.advance(Math.min(now - before, MOST_MS));
    this.ticking = false;
    if (!this.running) return;
    this.hands.tick();
    this.check();
    requestAnimationFrame((next) => this.tick(next, now));
  }

  // Ends the recording when the task has ended, once what ended it has been told.
  check() {
    if (!this.running || !this.view.WOB_DONE_GLOBAL) return;
    this.hands.finish();
    this.log.settle();
    this.stop();
    this.ended({ raw: this.view.WOB_RAW_REWARD_GLOBAL, ended_ms: this.clock.elapsed, moves: this.log.told() });
  }

  stop() {
    this.running = false;
    this.over = true;
  }
}
