// What an action is written with: the elements' refs, points of the page, and the log they go into.

export const text = (name, ...args) => `${name}(${args.map((each) => JSON.stringify(each)).join(", ")})`;

export const FIELDS = "input,select,textarea";
const WHOLE = "a,button,label,summary,option,[role=button],[role=tab],[role=menuitem],[role=option],"
  + "[role=checkbox],[role=radio],[role=switch]";
const PLACES = new Set(["html", "body", "svg", "canvas"]);
// Parts of the task's area: an empty element larger than that is a surface, one with others in it
// larger than that is a group, and neither is a thing.
const SURFACE = 0.4, GROUP = 0.12;

// What a person means when they press on an element: the button around its icon.
export const meant = (element) =>
  element.matches?.(FIELDS) ? element : element.closest?.(WHOLE) ?? element;

// Whether a press on an element is about the element, and not about a place in it.
export function standsForItself(element, area) {
  if (PLACES.has(element.localName)) return false;
  if (element.matches(`${WHOLE},${FIELDS},img`)) return true;
  if ([...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return true;
  const { width, height } = element.getBoundingClientRect();
  const most = element.childElementCount === 0 ? SURFACE : GROUP;
  return width * height < most * area.width * area.height;
}

// Where an event was, in whole pixels from the task's top left corner.
export function point(event) {
  let { clientX: x, clientY: y, view } = event;
  while (view.frameElement && view.frameElement.ownerDocument !== document) {
    const frame = view.frameElement, box = frame.getBoundingClientRect();
    x += box.left + frame.clientLeft;
    y += box.top + frame.clientTop;
    view = view.parent;
  }
  return { x: Math.max(0, Math.round(x)), y: Math.max(0, Math.round(y)) };
}

export const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

// A path with only the corners that matter, to within `most` pixels (Douglas and Peucker 1973).
export function simplified(path, most) {
  const [start, end] = [path[0], path.at(-1)];
  const length = distance(start, end);
  let far = 0, at = 0;
  for (let n = 1; n < path.length - 1; n++) {
    const { x, y } = path[n];
    const off = length === 0 ? distance(start, path[n])
      : Math.abs((end.x - start.x) * (start.y - y) - (start.x - x) * (end.y - start.y)) / length;
    if (off > far) [far, at] = [off, n];
  }
  if (far <= most) return [start, end];
  return [...simplified(path.slice(0, at + 1), most).slice(0, -1), ...simplified(path.slice(at), most)];
}

// The moves so far. What is still going on (typing, scrolling) is written down by `settle`.
export class Log {
  constructor(page) {
    this.page = page;
    this.moves = [];
    this.open = null; // what is still going on: {write()}
  }

  // What a move begins with: the page as it is now, and whether it has changed by itself.
  before() {
    const changed = this.page.changed_ms;
    const last = this.moves.at(-1)?.at_ms ?? 0;
    return { html: this.page.look(), changed_ms: changed > last ? changed : null };
  }

  settle() {
    const open = this.open;
    this.open = null;
    open?.write();
  }

  add(before, ways, more = {}) {
    const move = { html: before.html, changed_ms: before.changed_ms, ways, spare: false,
      at_ms: this.page.clock.elapsed, ...more };
    this.moves.push(move);
    return move;
  }

  // The ref of an element, or of the nearest one around it that has one; null where none has.
  named(element, html) {
    for (let each = element; each; each = each.parentElement ?? each.getRootNode().host) {
      const ref = this.page.eyes.ref(each);
      if (ref !== undefined && html.includes(` ref="${ref}"`)) return { ref: String(ref), element: each };
    }
    return null;
  }

  // As a recording tells them: without what only the recorder needs.
  told() {
    return this.moves.map(({ html, changed_ms, at_ms, ways, spare }) => ({ html, changed_ms, at_ms, ways, spare }));
  }
}
