// What a person does with the mouse, as moves: clicks, drags, drawings, scrolling, resting on things.

import { distance, FIELDS, meant, point, simplified, standsForItself, text } from "./marks.js";

const STILL = 3;          // pixels a pressed pointer may move and still click
const STRAIGHT = 4;       // pixels a drag may stray and still be one straight line
const HELD_MS = 500;      // of page time: from then on a press is held, and not only a click
const REST_MS = 150;      // of page time: a pointer that keeps still that long is meant to be there
const BUTTONS = ["left", "middle", "right"];
// Their own popups and handles are the browser's: what comes of them is told by `input` and `change`.
const NATIVE = "select,option,input[type=range],input[type=date],input[type=time],input[type=month],"
  + "input[type=week],input[type=datetime-local],input[type=color]";

const boxOf = (element) => element.getBoundingClientRect();

export class Hands {
  // pointer: whether the task is about where the pointer rests.
  constructor(log, area, pointer) {
    this.log = log;
    this.area = area;
    this.pointer = pointer;
    this.held = null;    // the press that goes on
    this.over = null;    // what the pointer is on, while it may matter
    this.at = null;      // where the pointer last moved to, and when
    this.entering = false;
  }

  attach(view) {
    // Not passive: the browser would scroll before the page hears of the wheel.
    const listen = (type, heard) => view.addEventListener(type, (event) => {
      if (event.isTrusted && this.log.page.running) heard.call(this, event);
    }, { capture: true, passive: false });
    listen("mousedown", this.down);
    listen("mousemove", this.move);
    listen("mouseup", this.up);
    listen("dragend", this.up);
    listen("mouseover", this.enter);
    listen("wheel", this.wheel);
    listen("scroll", this.scrolled);
  }

  // ---------------------------------------------------------------- pressing
  down(event) {
    this.log.settle();
    this.over = null;
    const target = event.composedPath()[0];
    this.held = {
      target, button: event.button, from: point(event), path: [point(event)], before: this.log.before(),
      began_ms: this.log.page.clock.elapsed, native: Boolean(target.closest?.(NATIVE)),
      scroll: [target.scrollLeft, target.scrollTop],
      boxes: ancestors(target).map((each) => [each, boxOf(each)]),
      modifiers: ["Alt", "Control", "Meta", "Shift"].filter((name) => event.getModifierState(name)),
      twice: event.detail === 2,
    };
  }

  move(event) {
    const at = point(event);
    if (this.held && event.buttons) this.held.path.push(at);
    if (!this.at || distance(at, this.at) > 1)
      this.at = { ...at, since: this.log.page.clock.elapsed, told: false, target: event.composedPath()[0] };
  }

  up(event) {
    const held = this.held;
    this.held = null;
    if (!held || held.native) return;
    held.path.push(point(event));
    this.pressed(held, event.view.document);
  }

  // A press that is over: by the button let go, or by the end of the episode.
  pressed(held, inDocument) {
    const to = held.path.at(-1);
    const far = Math.max(...held.path.map((each) => distance(each, held.from)));
    if (far <= STILL) this.clicked(held);
    else this.dragged(held, to, inDocument);
  }

  finish() {
    const held = this.held;
    this.held = null;
    if (held && !held.native) this.pressed(held, held.target.ownerDocument);
  }

  clicked(held) {
    const { log } = this, { html } = held.before;
    const element = meant(held.target), named = log.named(element, html);
    const button = BUTTONS[held.button] ?? "left";
    const extra = held.modifiers.length ? [button, held.modifiers] : button === "left" ? [] : [button];
    const { x, y } = held.from;
    const literal = [text("mouse_click", x, y, ...extra.slice(0, 1))];
    const itself = named?.element === element && standsForItself(element, this.area);
    const ways = itself ? [[text("click", named.ref, ...extra)], literal] : [literal];
    const time = log.page.clock.elapsed - held.began_ms;
    if (time >= HELD_MS && log.page.changed_ms > held.began_ms)
      ways.push([text("mouse_down", x, y), text("noop", Math.max(1, Math.round(time - 200))), text("mouse_up", x, y)]);
    const last = log.moves.at(-1);
    if (held.twice && last?.clicked === held.target) {
      log.moves.pop();
      const twice = itself ? [[text("dblclick", named.ref)]] : [];
      log.add(last, [[last.ways[0][0], ways[0][0]], ...twice, [text("mouse_dblclick", x, y)]]);
      return;
    }
    log.add(held.before, ways, { clicked: held.target, field: element.matches?.(FIELDS) ? element : null });
  }

  dragged(held, to, inDocument) {
    const { log } = this, { html } = held.before;
    const { x, y } = held.from;
    const literal = [text("mouse_drag_and_drop", x, y, to.x, to.y)];
    const ways = [];
    const thing = movedThing(held), onto = dropPlace(inDocument, to, thing, this.area);
    const from = log.named(thing, html), named = onto && log.named(onto, html);
    const selecting = !(inDocument.getSelection()?.isCollapsed ?? true);
    if (from?.element === thing && named?.element === onto && onto && !selecting)
      ways.push([text("drag_and_drop", from.ref, named.ref)]);
    ways.push(literal);
    const path = simplified(held.path, STRAIGHT);
    if (path.length > 2)
      ways.push([text("mouse_down", x, y), ...path.slice(1).map((each) => text("mouse_move", each.x, each.y)),
        text("mouse_up", to.x, to.y)]);
    log.add(held.before, ways);
  }

  // ---------------------------------------------------------------- scrolling
  wheel(event) {
    const element = scrollable(event);
    if (element) this.scrolling(element, point(event), [element.scrollLeft, element.scrollTop]);
  }

  scrolled(event) {
    const { held } = this;
    const element = event.target.scrollingElement ?? event.target;
    if (held && held.target === element && !held.native) { // its scrollbar is being dragged
      held.native = true;
      const box = boxOf(element);
      const middle = { x: Math.round(box.left + box.width / 2), y: Math.round(box.top + box.height / 2) };
      this.scrolling(element, middle, held.scroll, held.before);
    }
    const open = this.log.open;
    if (open?.scrolls === element) open.at_ms = this.log.page.clock.elapsed;
  }

  scrolling(element, at, from, before = null) {
    const { log } = this;
    if (log.open?.scrolls === element) return;
    log.settle();
    before ??= log.before();
    const open = log.open = { scrolls: element, at_ms: log.page.clock.elapsed, write: () => {
      const dx = Math.round(element.scrollLeft - from[0]), dy = Math.round(element.scrollTop - from[1]);
      if (dx || dy) log.add(before, [[text("scroll_at", at.x, at.y, dx, dy)]], { at_ms: open.at_ms });
    } };
  }

  // ---------------------------------------------------------------- resting
  // Resting on an element is a move where it makes something appear, and where the task is about it.
  enter(event) {
    if (this.held) return;
    this.over = { target: event.composedPath()[0], before: this.pointer ? null : this.log.before(), touched: false };
    this.entering = true;
    setTimeout(() => { this.entering = false; }, 0);
  }

  // The page has changed; `byItself`: on its clock, and not while it heard of an event.
  changed(records, byItself) {
    const { over } = this;
    if (!over || this.held || this.pointer) return;
    const shows = records.some((each) => each.type === "childList" || each.attributeName === "style");
    if (this.entering) over.touched = true;
    if (!shows || !(this.entering || (byItself && over.touched))) return;
    this.over = null;
    this.rest(over.target, null, over.before);
  }

  tick() {
    const { at, log } = this;
    if (!this.pointer || !at || at.told || this.held || log.page.clock.elapsed - at.since < REST_MS) return;
    at.told = true;
    this.rest(at.target, at);
  }

  // Many a page shows something wherever the pointer goes, so that the move may be spared.
  rest(target, at, before = null) {
    const { log } = this;
    log.settle();
    before ??= log.before();
    const element = meant(target), named = log.named(element, before.html);
    const ways = [];
    if (named?.element === element && (!at || standsForItself(element, this.area))) ways.push([text("hover", named.ref)]);
    if (at) ways.push([text("mouse_move", at.x, at.y)]);
    if (ways.length) log.add(before, ways, { spare: !at });
  }
}

function ancestors(element) {
  const found = [];
  for (let each = element; each && found.length < 5; each = each.parentElement) found.push(each);
  return found;
}

// The outermost element that has followed the pointer; what was pressed, where none has.
function movedThing(held) {
  let thing = meant(held.target);
  for (const [element, was] of held.boxes) {
    const is = boxOf(element);
    if (Math.hypot(is.left - was.left, is.top - was.top) > STILL) thing = element;
  }
  return thing;
}

// What lies under the pointer beneath the thing that was dragged there; null for no thing at all.
function dropPlace(inDocument, to, thing, area) {
  const frame = inDocument.defaultView.frameElement;
  const outer = frame && frame.ownerDocument !== document ? boxOf(frame) : { left: 0, top: 0 };
  const hits = inDocument.elementsFromPoint(to.x - outer.left, to.y - outer.top);
  const onto = hits.find((each) => !thing.contains(each));
  if (!onto || onto.contains(thing)) return null;
  const whole = meant(onto);
  if (["html", "body", "svg", "canvas"].includes(whole.localName)) return null;
  const { width, height } = boxOf(whole);
  return width * height < 0.6 * area.width * area.height ? whole : null;
}

// The element that a turn of the wheel scrolls.
function scrollable(event) {
  const { deltaX, deltaY } = event;
  for (let each = event.composedPath()[0]; each; each = each.parentElement) {
    const style = each.ownerDocument.defaultView.getComputedStyle(each);
    const root = each === each.ownerDocument.scrollingElement;
    const can = (overflow) => root || each.localName === "textarea" || /auto|scroll/.test(overflow);
    const down = deltaY && can(style.overflowY) && (deltaY > 0
      ? each.scrollTop + each.clientHeight < each.scrollHeight : each.scrollTop > 0);
    const across = deltaX && can(style.overflowX) && (deltaX > 0
      ? each.scrollLeft + each.clientWidth < each.scrollWidth : each.scrollLeft > 0);
    if (down || across) return each;
  }
  return null;
}
