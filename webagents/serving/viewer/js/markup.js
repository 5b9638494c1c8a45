// A page's html as lines of text: one element a line, indented by depth. Nothing of it is rendered.

const VOID_TAGS = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);
const RAW_TAGS = new Set(["script", "style", "textarea", "title"]);
// What the visual view adds to a tag; the same names as in webagents/html.py.
const LOOKS = new Set(
  ("box color background picture opacity bold shown x y x1 y1 x2 y2 cx cy r rx ry width height d " +
    "points transform viewBox fill stroke stroke-width font-size text-anchor").split(" "),
);
const MOST_LINES = 4000;
const MOST_DEPTH = 24;

// Where a tag that begins at `start` ends; `>` in quotes is none.
function endOfTag(html, start) {
  const marks = /[>"']/g;
  marks.lastIndex = start;
  for (let mark = marks.exec(html); mark; mark = marks.exec(html)) {
    if (mark[0] === ">") return marks.lastIndex;
    const closing = html.indexOf(mark[0], marks.lastIndex);
    if (closing < 0) break;
    marks.lastIndex = closing + 1;
  }
  const plain = html.indexOf(">", start);
  return plain < 0 ? html.length : plain + 1;
}

function attributesOf(source) {
  const found = [];
  for (const [, name, value] of source.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g))
    found.push({ name, value: value ?? null });
  return found;
}

// The html in pieces: opening tags, closing tags, comments and text, in order.
function* piecesOf(html) {
  let at = 0;
  while (at < html.length) {
    if (html.startsWith("<!", at) || html.startsWith("<?", at)) {
      const comment = html.startsWith("<!--", at) ? html.indexOf("-->", at) + 3 : html.indexOf(">", at) + 1;
      const end = comment > 3 ? comment : html.length;
      yield { kind: "comment", text: html.slice(at, end) };
      at = end;
      continue;
    }
    const tag = html[at] === "<" ? /^<(\/?)([a-zA-Z][^\s/>]*)/.exec(html.slice(at, at + 80)) : null;
    if (tag) {
      const end = endOfTag(html, at + tag[0].length);
      const name = tag[2];
      const source = html.slice(at + tag[0].length, html[end - 1] === ">" ? end - 1 : end);
      at = end;
      if (tag[1]) {
        yield { kind: "close", name };
        continue;
      }
      yield { kind: "open", name, attributes: attributesOf(source), empty: source.endsWith("/") };
      if (RAW_TAGS.has(name.toLowerCase())) {
        const closing = new RegExp(`</${name}`, "gi");
        closing.lastIndex = at;
        const close = closing.exec(html);
        const stop = close ? close.index : html.length;
        if (stop > at) yield { kind: "text", text: html.slice(at, stop) };
        at = stop;
      }
      continue;
    }
    const next = html.indexOf("<", at + 1);
    const end = next < 0 ? html.length : next;
    yield { kind: "text", text: html.slice(at, end) };
    at = end;
  }
}

const valueOf = (piece, name) => {
  const attribute = piece.attributes.find((each) => each.name === name);
  return attribute ? (attribute.value ?? "").replace(/^["']|["']$/g, "") : null;
};

// x, y, width and height of the element, null where the view carries none.
function boxOf(piece) {
  const numbers = (valueOf(piece, "box") ?? "").split(" ").map(Number);
  return numbers.length === 4 && numbers.every(Number.isFinite) ? numbers : null;
}

// The lines of a page: the pieces of each, its depth, and of an element's first line its ref and box.
// `until` is the number of the element's last line.
function linesOf(html) {
  const pieces = [...piecesOf(html)].filter((piece) => piece.kind !== "text" || piece.text.trim());
  const lines = [], open = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    const line = { depth: open.length, pieces: [piece], ref: null, box: null, until: lines.length };
    lines.push(line);
    if (piece.kind === "close") {
      const match = open.findLastIndex((each) => each.name === piece.name);
      if (match < 0) continue;
      line.depth = match;
      for (const each of open.splice(match)) each.line.until = lines.length - 1;
    }
    if (piece.kind !== "open") continue;
    line.ref = valueOf(piece, "ref");
    line.box = boxOf(piece);
    line.focused = piece.attributes.some((each) => each.name === "focused");
    if (piece.empty || VOID_TAGS.has(piece.name.toLowerCase())) continue;
    const text = pieces[i + 1]?.kind === "text" ? pieces[i + 1] : null;
    const close = pieces[i + (text ? 2 : 1)];
    if (close?.kind === "close" && close.name === piece.name) {
      line.pieces.push(...(text ? [text] : []), close);
      i += text ? 2 : 1;
    } else {
      open.push({ name: piece.name, line });
    }
  }
  for (const each of open) each.line.until = lines.length - 1;
  return lines;
}

const shownAttributes = (piece, looks) =>
  piece.attributes.filter((each) => looks || each.name === "ref" || !LOOKS.has(each.name));

function written(line, looks) {
  return line.pieces.map((piece) => {
    if (piece.kind === "close") return `</${piece.name}>`;
    if (piece.kind !== "open") return piece.text.trim();
    return `<${piece.name} ${shownAttributes(piece, looks).map(({ name, value }) => `${name}=${value}`).join(" ")}>`;
  }).join("");
}

function pieceElement(piece, looks) {
  if (piece.kind === "text") return make("span", {}, piece.text.trim());
  if (piece.kind === "comment") return make("span", { class: "comment" }, piece.text);
  if (piece.kind === "close") return make("span", { class: "tag" }, `</${piece.name}>`);
  return make("span", { class: "tag" }, `<${piece.name}`,
    shownAttributes(piece, looks).map(({ name, value }) => [
      " ",
      make("span", { class: name === "ref" ? "ref" : LOOKS.has(name) ? "look" : "attribute" },
        name, value === null ? "" : make("i", {}, `=${value}`)),
    ]).flat(),
    piece.empty ? "/>" : ">");
}

// Fills `element` with the lines. marks: refs to mark; before: the lines of the page before, or null.
function showLines(element, lines, { marks, before, looks, all = false }) {
  const known = before && new Set(before.map((line) => written(line, looks)));
  const marked = lines.findIndex((line) => marks.includes(line.ref));
  const first = all ? 0 : clamp(marked - MOST_LINES / 2, 0, Math.max(0, lines.length - MOST_LINES));
  const last = all ? lines.length : Math.min(lines.length, first + MOST_LINES);
  const ranges = lines.flatMap((line, place) =>
    marks.includes(line.ref) ? [{ from: place, until: line.until }] : []);
  let target = null, changed = null;
  const rest = (number, where) => number > 0 && make("button", {
    type: "button", class: "rest", onclick: () => showLines(element, lines, { marks, before, looks, all: true }),
  }, `${counted(number, "line")} ${where}: show all`);
  const made = lines.slice(first, last).map((line, place) => {
    const number = first + place;
    const hit = marks.includes(line.ref);
    const inside = ranges.some(({ from, until }) => from <= number && number <= until);
    const fresh = known && !known.has(written(line, looks));
    const row = make("div", {
      class: ["row", hit && "hit", inside && "inside", fresh && "fresh"].filter(Boolean).join(" "),
      style: { paddingLeft: `${2.2 + 1.4 * Math.min(line.depth, MOST_DEPTH)}ch` },
    }, line.pieces.map((piece) => pieceElement(piece, looks)));
    row.box = line.box;
    if (hit) target ??= row;
    if (fresh) changed ??= row;
    return row;
  });
  element.replaceChildren(...[rest(first, "before"), ...made, rest(lines.length - last, "after")].filter(Boolean));
  const seen = target ?? changed;
  element.scrollTop = seen ? seen.offsetTop - element.clientHeight / 3 : 0;
}
