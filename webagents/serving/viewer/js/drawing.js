// What an action did, drawn on the screenshot of the page it was done on. Only what is known is drawn:
// points an action names, and boxes the html carries.

const quoted = (text) => `“${clip(String(text), 80)}”`;

// An action in a few words, as a label on the picture.
const LABELS = {
  click: ({ button, modifiers }) => [...modifiers, button === "left" ? "" : button].filter(Boolean).join(" + "),
  dblclick: () => "double click",
  hover: () => "hover",
  focus: () => "focus",
  clear: () => "clear",
  check: () => "check",
  uncheck: () => "uncheck",
  fill: ({ text }) => quoted(text),
  type: ({ text }) => quoted(text),
  select_option: ({ options }) => [options].flat().map(quoted).join(", "),
  upload_file: ({ file }) => [file].flat().map(quoted).join(", "),
  press: ({ key }) => key,
  keyboard_press: ({ key }) => key,
  keyboard_down: ({ key }) => `${key} held`,
  keyboard_up: ({ key }) => `${key} released`,
  keyboard_type: ({ text }) => quoted(text),
  keyboard_insert_text: ({ text }) => quoted(text),
  scroll: ({ delta_x, delta_y }) => `scroll ${brief(delta_x)}, ${brief(delta_y)}`,
  scroll_at: ({ delta_x, delta_y }) => `scroll ${brief(delta_x)}, ${brief(delta_y)}`,
  mouse_click: ({ button }) => (button === "left" ? "" : button),
  mouse_dblclick: () => "double click",
  mouse_down: () => "down",
  mouse_up: () => "up",
  goto: ({ url }) => `go to ${clip(url, 80)}`,
  go_back: () => "go back",
  go_forward: () => "go forward",
  search: ({ query }) => `search ${quoted(query)}`,
  choose: ({ value }) => `choose ${quoted(value)}`,
  send_msg_to_user: ({ text }) => quoted(text),
};

// Where the pointer was left by the moves before, and whether a button is held; null: unknown.
function pointerAfter(moments) {
  let at = null, held = false;
  for (const { call } of moments) {
    if (!call) continue;
    const { x, y, to_x, to_y, ref, from_ref } = call.arguments;
    if (x !== undefined) at = [x, y];
    else if (to_x !== undefined) at = [to_x, to_y];
    else if (ref !== undefined || from_ref !== undefined) at = null;
    if (call.name === "mouse_down") held = true;
    if (call.name === "mouse_up") held = false;
  }
  return { at, held };
}

const refsOf = (call) =>
  call ? ["ref", "from_ref", "to_ref"].map((name) => call.arguments[name]).filter(Boolean) : [];

const middle = ([x, y, width, height]) => [x + width / 2, y + height / 2];

// The shapes of an action: boxes, points, arrows, a label and where it goes; and what cannot be drawn.
function shapesOf(moment, earlier, lines) {
  const shapes = { boxes: [], points: [], arrows: [], label: "", at: null, unknown: "" };
  const { call } = moment;
  if (!call) return shapes;
  const { name, arguments: given } = call;
  shapes.label = LABELS[name]?.(given) ?? "";
  const found = refsOf(call).map((ref) => lines.find((line) => line.ref === ref));
  const missing = refsOf(call).filter((ref, place) => !found[place]);
  if (missing.length && moment.html !== null) shapes.unknown = `This page has no element ${missing.join(", ")}.`;
  else if (found.some((line) => line && !line.box))
    shapes.unknown = "This view carries no boxes: the element is marked in the page, not in the picture.";
  else if (found.length && moment.html === null)
    shapes.unknown = "Pages were not kept, so it is not known where this element is.";
  if (shapes.unknown) shapes.label = ""; // a label says where something was done
  shapes.boxes = found.filter((line) => line?.box).map((line) => line.box);
  if (name === "drag_and_drop" && shapes.boxes.length === 2) shapes.arrows.push(shapes.boxes.map(middle));
  if (given.from_x !== undefined)
    shapes.arrows.push([[given.from_x, given.from_y], [given.to_x, given.to_y]]);
  const pointer = pointerAfter(earlier);
  const point = given.x === undefined ? (name.startsWith("mouse_") ? pointer.at : null) : [given.x, given.y];
  if (point && given.from_x === undefined) {
    shapes.points.push(point);
    if (pointer.held && pointer.at && String(pointer.at) !== String(point)) shapes.arrows.push([pointer.at, point]);
  }
  if (name.startsWith("keyboard_")) {
    const focused = lines.findLast((line) => line.focused && line.box);
    if (focused) shapes.boxes.push(focused.box);
  }
  if (given.delta_x !== undefined) shapes.scroll = [given.delta_x, given.delta_y];
  shapes.at = shapes.arrows.at(-1)?.[1] ?? shapes.points.at(-1) ?? (shapes.boxes.length ? "box" : null);
  return shapes;
}

function arrowElement([[x1, y1], [x2, y2]], scale) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [along, across] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = Math.min(12 / scale, length);
  const [baseX, baseY] = [x2 - along * head, y2 - across * head];
  const half = head * 0.55;
  return draw("g", { class: "arrow" },
    draw("circle", { cx: x1, cy: y1, r: 3.5 / scale }),
    draw("line", { class: "halo", x1, y1, x2: baseX, y2: baseY }),
    draw("line", { class: "shaft", x1, y1, x2: baseX, y2: baseY }),
    draw("path", {
      d: `M${x2} ${y2}L${baseX - across * half} ${baseY + along * half}L${baseX + across * half} ${baseY - along * half}Z`,
    }));
}

function overlay(shapes, [width, height], scale, failed) {
  const inner = ([x, y, w, h]) => {
    const left = clamp(x, 0, width), top = clamp(y, 0, height);
    return [left, top, clamp(x + w, 0, width) - left, clamp(y + h, 0, height) - top];
  };
  const scroll = shapes.scroll && (() => {
    const [from, most] = [shapes.points[0] ?? [width / 2, height / 2], Math.min(width, height) / 4];
    const longest = Math.max(...shapes.scroll.map(Math.abs)) || 1;
    return arrowElement([from, from.map((at, axis) => at + (shapes.scroll[axis] / longest) * most)], scale);
  })();
  const boxes = shapes.boxes.map(inner);
  const svg = draw("svg", {
    class: failed ? "overlay failed" : "overlay", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true",
  },
  boxes.map(([x, y, w, h]) => [
    draw("rect", { class: "halo", x, y, width: w, height: h, rx: 2 / scale }),
    draw("rect", { class: "box", x, y, width: w, height: h, rx: 2 / scale }),
  ]).flat(),
  shapes.arrows.map((arrow) => arrowElement(arrow, scale)),
  scroll,
  shapes.points.map(([cx, cy]) => draw("g", { class: "point" },
    draw("circle", { class: "ring", cx, cy, r: 9 / scale }),
    draw("circle", { class: "dot", cx, cy, r: 2.5 / scale }))));
  return [svg, labelElement(shapes, boxes, [width, height], scale)];
}

// The label lies below what it belongs to, or above where there is no room; at the foot without one.
function labelElement(shapes, boxes, [width, height], scale) {
  if (!shapes.label) return null;
  const [x, top, bottom] = shapes.at === "box"
    ? [boxes[0][0] + boxes[0][2] / 2, boxes[0][1], boxes[0][1] + boxes[0][3]]
    : shapes.at ? [shapes.at[0], shapes.at[1] - 9 / scale, shapes.at[1] + 9 / scale] : [width / 2, height, height];
  const above = bottom > height - 28 / scale;
  const left = (100 * clamp(x, 0, width)) / width;
  const side = left > 66 ? "to-left" : left < 34 ? "to-right" : "";
  const room = { "to-left": left, "to-right": 100 - left, "": 2 * Math.min(left, 100 - left) }[side];
  return make("span", {
    class: `label said ${side}`,
    style: {
      left: `${left}%`,
      maxWidth: `calc(${room}% + ${side ? 14 : 0}px)`,
      ...(above
        ? { bottom: `${100 - (100 * clamp(top, 24 / scale, height)) / height}%` }
        : { top: `${(100 * bottom) / height}%` }),
    },
  }, shapes.label);
}

// The scale at which a picture fits, whole where it is enlarged, so that its pixels stay pixels.
function scaleFor([width, height], [roomWidth, roomHeight]) {
  const scale = Math.min(roomWidth / width, roomHeight / height);
  return scale >= 1 ? Math.min(Math.floor(scale), 4) : scale;
}

// Fills `frame` with the picture of a moment and its action drawn on it; returns what it cannot show.
function showPicture(frame, moment, earlier, lines, room) {
  const shapes = shapesOf(moment, earlier, lines);
  if (!moment.picture) {
    frame.replaceChildren(make("p", { class: "none faint" },
      moment.unreadable ? "The screenshot cannot be read." : "No screenshot was kept."));
    return "";
  }
  const [width, height, url] = moment.picture;
  const scale = scaleFor([width, height], room);
  const image = make("img", { src: url, width, height, alt: "The page", draggable: "false" });
  const canvas = make("div", {
    class: scale >= 2 ? "canvas pixels" : "canvas",
    style: { width: `${width * scale}px`, height: `${height * scale}px` },
  }, image, overlay(shapes, [width, height], scale, Boolean(moment.error)),
  make("div", { class: "hover", hidden: true }));
  frame.replaceChildren(canvas);
  const outside = shapes.boxes.some(([x, y, w, h]) => x >= width || y >= height || x + w <= 0 || y + h <= 0)
    || shapes.points.some(([x, y]) => x > width || y > height);
  return shapes.unknown || (outside ? "It lies outside the picture." : "");
}

// Shows where a line's element is, while the line is pointed at.
function pointOut(frame, moment, box) {
  const mark = frame.querySelector(".hover");
  if (!mark || !moment.picture) return;
  mark.hidden = !box;
  if (!box) return;
  const [width, height] = moment.picture;
  const [x, y, w, h] = box;
  Object.assign(mark.style, {
    left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%`,
    width: `${(100 * w) / width}%`, height: `${(100 * h) / height}%`,
  });
}
