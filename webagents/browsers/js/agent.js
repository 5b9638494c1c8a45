// The agent's eyes and hands in the page, in a world of its own that the page's scripts cannot touch.
((key, steady) => {
  "use strict";

  // The text caret would blink on the wall clock.
  const steadyCaret = new CSSStyleSheet();
  steadyCaret.replaceSync("html { caret-animation: manual }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, steadyCaret];

  // ---------------------------------------------------------------- no windows of the browser's own
  // Lists and pickers that a browser pops up lie outside the page: nobody could look at or use them
  // here. Options are chosen by `select_option` or a click on the option, dates and colours by `fill`.
  const PICKERS = new Set(["date", "datetime-local", "month", "week", "time", "color"]);
  const popsUp = (element) => (element?.localName === "select" && !element.multiple && element.size <= 1)
    || (element?.localName === "input" && PICKERS.has(element.type));

  const target = (event) => event.composedPath()[0];
  window.addEventListener("mousedown", (event) => {
    const element = target(event);
    if (element.localName !== "select" || !popsUp(element)) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
  }, true);
  window.addEventListener("click", (event) => {
    if (target(event).localName === "input" && popsUp(target(event))) event.preventDefault();
  }, true);
  window.addEventListener("keydown", (event) => {
    const element = target(event);
    const opens = [" ", "F4"].includes(event.key) || (event.altKey && event.key.startsWith("Arrow"))
      || (event.key === "Enter" && element.localName === "select");
    if (opens && popsUp(element)) event.preventDefault();
  }, true);
  // So does the bubble that tells what is wrong with a field, which fades by the wall clock. The focus
  // goes where it would with the bubble: to the first field that is wrong.
  window.addEventListener("invalid", (event) => {
    const element = target(event);
    event.preventDefault();
    if (element.form?.querySelector("input:invalid, select:invalid, textarea:invalid") === element) element.focus();
  }, true);

  if (window !== window.top) return;
  const refs = new WeakMap();    // element -> ref
  const elements = new Map();    // ref -> WeakRef(element)
  let lastRef = 0;
  let clipboard = "";

  // ---------------------------------------------------------------- what is there
  const UNSEEN = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "HEAD", "META", "LINK", "TITLE", "BASE"]);
  const VOID = new Set(["area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"]);
  const TEXT_ATTRIBUTES = new Set(["id", "class", "role", "type", "name", "for", "href", "src", "alt", "title",
    "placeholder", "label", "contenteditable", "draggable", "min", "max", "step", "maxlength", "multiple",
    "readonly", "required", "tabindex", "colspan", "rowspan", "target", "accept", "pattern",
    "data-wob_ref"]); // the last where MiniWoB's own scripts have been asked for the page's elements
  const SVG_ATTRIBUTES = new Set(["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height",
    "d", "points", "transform", "viewBox", "fill", "stroke", "stroke-width", "font-size", "text-anchor"]);

  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const quoted = (text) => `"${escaped(text).replace(/"/g, "&quot;").replace(/\s+/g, " ")}"`;

  function refOf(element) {
    let ref = refs.get(element);
    if (ref === undefined) {
      ref = ++lastRef;
      refs.set(element, ref);
      elements.set(ref, new WeakRef(element));
    }
    return ref;
  }

  function forgetAbove(number) {
    for (; lastRef > number; lastRef--) {
      const element = elements.get(lastRef)?.deref();
      if (element) refs.delete(element);
      elements.delete(lastRef);
    }
  }

  const viewOf = (element) => element.ownerDocument.defaultView;
  const styleOf = (element) => viewOf(element).getComputedStyle(element);

  function innerDocument(frame) {
    try { return frame.contentDocument; } catch { return null; }
  }

  function* childrenOf(element) {
    if (element.shadowRoot) yield* element.shadowRoot.childNodes;
    else if (element.localName === "slot" && element.assignedNodes().length) yield* element.assignedNodes();
    else if (element.localName === "iframe" || element.localName === "frame") {
      const body = innerDocument(element)?.body;
      if (body) yield body;
    } else yield* element.childNodes;
  }

  // The top-left corner of an element's document in the top page, CSS pixels.
  function originOf(element) {
    let x = 0, y = 0;
    for (let view = viewOf(element); view && view !== window; view = view.parent) {
      const frame = view.frameElement;
      if (!frame) break;
      const box = frame.getBoundingClientRect();
      x += box.left + frame.clientLeft;
      y += box.top + frame.clientTop;
    }
    return [x, y];
  }

  function focusedElement() {
    let element = document.activeElement;
    for (;;) {
      const inner = element?.shadowRoot?.activeElement
        ?? (element?.localName === "iframe" ? innerDocument(element)?.activeElement : null);
      if (!inner) return element === document.body ? null : element;
      element = inner;
    }
  }

  // ---------------------------------------------------------------- the page as text
  function stateOf(element, focused) {
    let out = "";
    const tag = element.localName;
    if (tag === "input") {
      const type = element.type;
      if (type === "checkbox" || type === "radio") {
        if (element.hasAttribute("value")) out += ` value=${quoted(element.value)}`;
        if (element.checked) out += " checked";
      } else out += ` value=${quoted(element.value)}`;
    } else if (tag === "textarea" || tag === "select") out += ` value=${quoted(element.value)}`;
    else if (tag === "option") {
      if (element.hasAttribute("value")) out += ` value=${quoted(element.value)}`;
      if (element.selected) out += " selected";
    } else if (element.hasAttribute("value")) out += ` value=${quoted(element.getAttribute("value"))}`;
    if (element.disabled === true) out += " disabled";
    if (element.open === true) out += " open";
    if (element === focused) out += " focused";
    return out;
  }

  function colourOf(value) {
    const match = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(value);
    if (!match) return value;
    if (match[4] === "0") return "";
    return "#" + match.slice(1, 4).map((part) => Number(part).toString(16).padStart(2, "0")).join("");
  }

  function looksOf(element, style, parentStyle) {
    const [x, y] = originOf(element);
    const box = element.getBoundingClientRect();
    let out = ` box="${Math.round(box.left + x)} ${Math.round(box.top + y)} ${Math.round(box.width)} ${Math.round(box.height)}"`;
    const colour = colourOf(style.color), background = colourOf(style.backgroundColor);
    if (!parentStyle || style.color !== parentStyle.color) out += ` color="${colour}"`;
    if (background) out += ` background="${background}"`;
    const picture = /url\("?([^")]*)"?\)/.exec(style.backgroundImage);
    if (picture) out += ` picture=${quoted(picture[1].startsWith("data:") ? "data:" : picture[1])}`;
    if (Number(style.opacity) < 1) out += ` opacity="${style.opacity}"`;
    if (style.fontWeight >= 600 && !(parentStyle?.fontWeight >= 600)) out += " bold";
    if (element instanceof SVGElement || element.namespaceURI === "http://www.w3.org/2000/svg") {
      for (const { name, value } of element.attributes)
        if (SVG_ATTRIBUTES.has(name)) out += ` ${name}=${quoted(value)}`;
      const fill = colourOf(style.fill);
      if (fill && !element.hasAttribute("fill")) out += ` fill="${fill}"`;
    }
    if (element.localName !== "option" && visiblePoint(element) === null) out += ` shown="no"`;
    return out;
  }

  // The rendered page below `node`, as HTML text with refs.
  function written(node, context, parentStyle) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = context.pre ? node.data : node.data.replace(/\s+/g, " ");
      return context.hidden ? "" : escaped(text);
    }
    if (node.nodeType !== Node.ELEMENT_NODE || UNSEEN.has(node.tagName)) return "";
    const tag = node.localName;
    if (context.skip.has(node.id)) return "";
    const style = styleOf(node);
    const inSelect = tag === "option" || tag === "optgroup";
    if (style.display === "none" && !inSelect) return "";
    const hidden = style.visibility !== "visible" && !inSelect;
    const ref = refOf(node);
    let inside = "";
    const inner = { ...context, hidden, pre: context.pre || style.whiteSpace.startsWith("pre") };
    if (tag !== "textarea") for (const child of childrenOf(node)) inside += written(child, inner, style);
    if (hidden) return inside.trim() ? inside : "";
    let out = `<${tag} ref="${ref}"`;
    for (const { name, value } of node.attributes)
      if (TEXT_ATTRIBUTES.has(name) || name.startsWith("aria-"))
        out += value === "" ? ` ${name}` : ` ${name}=${quoted(value.startsWith("data:") ? "data:" : value)}`;
    out += stateOf(node, context.focused);
    if (context.visual) out += looksOf(node, style, parentStyle);
    if (VOID.has(tag)) return out + ">";
    return `${out}>${inner.pre ? inside : inside.replace(/^ | $/g, "")}</${tag}>`;
  }

  function look(visual, skip) {
    const context = { visual, skip: new Set(skip), focused: focusedElement(), hidden: false, pre: false };
    return document.body ? written(document.body, context, null) : "";
  }

  // ---------------------------------------------------------------- where it is
  const within = (element, hit) => {
    for (let node = hit; node; node = node.parentNode ?? node.host) if (node === element) return true;
    return false;
  };

  function hitAt(root, x, y) {
    let hit = root.elementFromPoint(x, y);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return hit;
  }

  // A click on a label reaches its control, and a click inside a control's label reaches the control.
  const reaches = (element, hit) => within(element, hit) || (hit?.closest?.("label")?.control === element);

  // What is on top at a point of an element's own document, frames above it included: null where the
  // element is reached, else what covers it (false: outside the window).
  function coverAt(element, x, y) {
    const view = viewOf(element);
    if (x < 0 || y < 0 || x >= view.innerWidth || y >= view.innerHeight) return false;
    const hit = hitAt(element.ownerDocument, x, y);
    if (!hit) return false;
    if (!reaches(element, hit)) return hit;
    const frame = view === window ? null : view.frameElement;
    if (!frame) return null;
    const box = frame.getBoundingClientRect();
    const cover = coverAt(frame, box.left + frame.clientLeft + x, box.top + frame.clientTop + y);
    return cover;
  }

  const SPREAD = [[0.5, 0.5], [0.5, 0.25], [0.5, 0.75], [0.25, 0.5], [0.75, 0.5], [0.2, 0.2], [0.8, 0.2], [0.2, 0.8],
    [0.8, 0.8], [0.5, 0.1], [0.5, 0.9], [0.1, 0.5], [0.9, 0.5], [0.05, 0.05], [0.95, 0.95], [0.05, 0.95], [0.95, 0.05]];

  // Away from the arrows of a number's field, which in a narrow one lie in the middle.
  const FROM_LEFT = [...SPREAD].sort(([one], [other]) => one - other);

  // A point (top page, CSS pixels) at which the pointer reaches the element; null where there is none.
  function visiblePoint(element, covers = null, spread = SPREAD) {
    const [x, y] = originOf(element);
    for (const box of element.getClientRects()) {
      if (box.width <= 0 && box.height <= 0) continue;
      for (const [across, down] of spread) {
        const left = box.left + box.width * across, top = box.top + box.height * down;
        const cover = coverAt(element, left, top);
        if (cover === null) return [left + x, top + y];
        if (cover) covers?.push(cover);
      }
    }
    return null;
  }

  const described = (element) => {
    const ref = refs.get(element);
    const name = element.localName + (element.id ? `#${element.id}` : "");
    return ref === undefined ? `<${name}>` : `<${name} ref="${ref}">`;
  };

  function disabledNear(element) {
    for (let node = element; node; node = node.parentElement) if (node.disabled === true) return node;
    return null;
  }

  // The element of a ref, or what is wrong with it: {element} or {error}.
  function find(ref) {
    const element = elements.get(ref)?.deref();
    if (!elements.has(ref)) return { error: `no element has ref ${ref}; the page's refs go up to ${lastRef}` };
    if (!element || !element.isConnected || !viewOf(element)) return { error: `ref ${ref} is stale: its element has left the page` };
    return { element };
  }

  const rendered = (element) => {
    if (element.localName === "option") element = element.closest("select") ?? element;
    return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  };

  // Where to press to reach a ref: {x, y}, {error}, or {covered} with what lies over it.
  function locate(ref, { enabled = true, typing = false } = {}) {
    const found = find(ref);
    if (found.error) return found;
    const { element } = found;
    if (!rendered(element)) return { error: `${described(element)} is hidden` };
    if (enabled && disabledNear(element)) return { error: `${described(element)} is disabled` };
    if (element.localName === "option") return { option: true };
    const spread = typing && element.type === "number" ? FROM_LEFT : SPREAD;
    const covers = [];
    let point = visiblePoint(element, covers, spread);
    if (!point) {
      element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      covers.length = 0;
      point = visiblePoint(element, covers, spread);
    }
    if (point) return { x: point[0], y: point[1] };
    return { covered: covers.length ? `${described(element)} is covered by ${described(covers[0])}`
      : `${described(element)} is hidden: no point of it can be reached` };
  }

  // The middle of a ref whether or not it can be hit, to drag to or hover over: {x, y} or {error}.
  function middle(ref) {
    const found = locate(ref, { enabled: false });
    if (!found.covered) return found.option ? { error: "an option has no place on the screen" } : found;
    const { element } = find(ref);
    const [x, y] = originOf(element);
    const box = element.getBoundingClientRect();
    return { x: box.left + box.width / 2 + x, y: box.top + box.height / 2 + y };
  }

  // ---------------------------------------------------------------- what can be done to it
  const fire = (element, type, options = {}) => {
    const view = viewOf(element);
    const kind = options.kind ?? "Event";
    element.dispatchEvent(new view[kind](type, { bubbles: true, cancelable: true, composed: true, ...options }));
  };

  // The element gets the click although the pointer cannot reach it.
  function clickElement(ref, count) {
    const { element, error } = find(ref);
    if (error) return { error };
    const box = element.getBoundingClientRect();
    const at = { view: viewOf(element), clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, button: 0 };
    for (let nth = 1; nth <= count; nth++) {
      fire(element, "pointerdown", { ...at, kind: "PointerEvent", buttons: 1 });
      fire(element, "mousedown", { ...at, kind: "MouseEvent", buttons: 1, detail: nth });
      if (nth === 1) element.focus?.({ preventScroll: true });
      fire(element, "pointerup", { ...at, kind: "PointerEvent" });
      fire(element, "mouseup", { ...at, kind: "MouseEvent", detail: nth });
      if (typeof element.click === "function") element.click();
      else fire(element, "click", { ...at, kind: "MouseEvent", detail: nth });
    }
    if (count === 2) fire(element, "dblclick", { ...at, kind: "MouseEvent", detail: 2 });
    return {};
  }

  // Options are chosen as a person's choice would end: the selection, then `input` and `change`.
  function chooseOptions(ref, wanted) {
    const found = find(ref);
    if (found.error) return found;
    let { element } = found;
    if (element.localName === "option") {
      wanted = [element];
      element = element.closest("select");
    }
    if (element?.localName !== "select") return { error: `select_option does not apply to ${described(found.element)}: it is no select` };
    if (!rendered(element)) return { error: `${described(element)} is hidden` };
    if (element.disabled) return { error: `${described(element)} is disabled` };
    const options = [...element.options];
    const label = (option) => option.text.replace(/\s+/g, " ").trim();
    const chosen = [];
    for (const want of wanted) {
      const option = typeof want === "string"
        ? options.find((each) => label(each) === want) ?? options.find((each) => each.value === want)
          ?? options.find((each) => label(each).toLowerCase() === want.toLowerCase())
        : want;
      if (!option) return { error: `${described(element)} has no option '${want}'; it has: ${options.map(label).join(", ").slice(0, 300)}` };
      if (option.disabled) return { error: `option '${label(option)}' is disabled` };
      chosen.push(option);
    }
    if (!element.multiple && chosen.length > 1) return { error: `${described(element)} takes one option, not ${chosen.length}` };
    element.focus({ preventScroll: true });
    if (element.multiple) for (const option of options) option.selected = chosen.includes(option);
    else chosen[0].selected = true;
    fire(element, "input");
    fire(element, "change");
    return {};
  }

  const TYPED = new Set(["text", "search", "url", "tel", "email", "password", "number"]);

  // The element of a ref that text can go into, and whether its value is set whole, not key by key.
  function typable(ref) {
    const found = find(ref);
    if (found.error) return found;
    const { element } = found;
    if (!rendered(element)) return { error: `${described(element)} is hidden` };
    if (disabledNear(element)) return { error: `${described(element)} is disabled` };
    if (element.readOnly) return { error: `${described(element)} is read-only` };
    const tag = element.localName;
    if (tag === "input" && ["checkbox", "radio", "button", "submit", "reset", "image", "file", "hidden"].includes(element.type))
      return { error: `text cannot be typed into ${described(element)}: it is an input of type ${element.type}` };
    if (tag !== "input" && tag !== "textarea" && !element.isContentEditable)
      return { error: `text cannot be typed into ${described(element)}` };
    return { element, whole: tag === "input" && !TYPED.has(element.type) };
  }

  const takesKeys = (ref) => typable(ref).whole === false;

  // Makes a ref ready for typing: {} when keys can follow, {done: true} when the value was set whole.
  function prepareTyping(ref, text, clear) {
    const { element, whole, error } = typable(ref);
    if (error) return { error };
    if (whole) {
      element.focus({ preventScroll: true });
      element.value = text.trim();
      if (element.value !== text.trim() && text.trim() !== "") {
        const form = { date: "2026-01-31", time: "13:45", "datetime-local": "2026-01-31T13:45", month: "2026-01", week: "2026-W05", color: "#ff0000", range: "a number" }[element.type];
        if (element.type !== "range") return { error: `'${text}' is no ${element.type} for ${described(element)}; write it like ${form}` };
      }
      fire(element, "input");
      fire(element, "change");
      return { done: true };
    }
    element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    element.focus({ preventScroll: true });
    if (["input", "textarea"].includes(element.localName)) {
      const length = element.value.length;
      if (clear) element.select();
      else if (element.type !== "number" && element.type !== "email") element.setSelectionRange(length, length);
      return { selected: clear && length > 0 };
    }
    const range = element.ownerDocument.createRange();
    range.selectNodeContents(element);
    if (!clear) range.collapse(false);
    const selection = viewOf(element).getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return { selected: clear && element.textContent.length > 0 };
  }

  function focus(ref) {
    const { element, error } = find(ref);
    if (error) return { error };
    if (!rendered(element)) return { error: `${described(element)} is hidden` };
    if (disabledNear(element)) return { error: `${described(element)} is disabled` };
    element.focus();
    return focusedElement() === element ? {} : { error: `${described(element)} cannot take the focus` };
  }

  // Each page has a clipboard of its own: what its last copy or cut put there.
  function selectedText() {
    const element = focusedElement();
    if (element && typeof element.selectionStart === "number")
      return element.value.slice(element.selectionStart, element.selectionEnd);
    return (element ? viewOf(element) : window).getSelection().toString();
  }
  function remember(event) {
    const given = event.defaultPrevented ? event.clipboardData?.getData("text/plain") : "";
    const text = given || selectedText();
    if (text) clipboard = text;
  }
  for (const type of ["copy", "cut"]) window.addEventListener(type, remember, { capture: type === "cut" });

  // Keeps the browser's own paste, whose clipboard all pages share, from the page.
  let letPaste = () => false;
  function holdPaste() {
    const view = viewOf(focusedElement() ?? document.body);
    let asked = false; // a page that keeps the keys to itself pastes nothing
    const hold = (event) => { asked = true; event.preventDefault(); event.stopImmediatePropagation(); };
    view.addEventListener("paste", hold, { capture: true });
    letPaste = () => { view.removeEventListener("paste", hold, { capture: true }); return asked; };
  }
  function paste() {
    if (!letPaste()) return {};
    const element = focusedElement() ?? document.body;
    const data = new DataTransfer();
    data.setData("text/plain", clipboard);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true });
    const takes = element.isContentEditable || element.localName === "input" || element.localName === "textarea";
    if (element.dispatchEvent(event) && clipboard && takes) element.ownerDocument.execCommand("insertText", false, clipboard);
    return {};
  }

  // ---------------------------------------------------------------- time
  // Where frames come only when they are begun, `frameNeeded` tells when it is time for one.
  let needed = Promise.resolve(), need = () => {};
  const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); need(); });
  const frameNeeded = () => needed;
  const times = new WeakMap(); // animation -> ms it has run on the page's clock

  function moveAnimations(ms) {
    for (const animation of document.getAnimations()) {
      const at = times.has(animation) ? times.get(animation) + ms : 0;
      times.set(animation, at);
      try {
        const { endTime } = animation.effect.getComputedTiming();
        if (at >= endTime) { animation.finish(); continue; }
        animation.pause();
        animation.currentTime = at;
      } catch { /* an animation without a timeline of its own keeps still */ }
    }
  }

  function advance(ms) {
    const advanced = new Promise((resolve) =>
      document.addEventListener(`${key}:advanced`, (event) => resolve(event.detail), { once: true }));
    document.dispatchEvent(new CustomEvent(`${key}:advance`, { detail: String(ms) }));
    return advanced;
  }

  // Waits until what scripts have set off without the clock has come to its end.
  const still = async () => { await advance(0); return {}; };

  // Moves the page's clock, lets a frame pass so that scroll and animation events arrive, and looks.
  // forget: refs above this number were given to a page that was still loading; they are given anew.
  async function step({ ms, visual, skip, virtual, forget }) {
    needed = new Promise((resolve) => { need = resolve; });
    if (document.body && !refs.has(document.body)) forget = 0; // a script has put another page here
    if (forget !== null) forgetAbove(forget);
    const before = lastRef;
    const answer = JSON.parse(await advance(ms));
    if (virtual) moveAnimations(ms);
    await frame();
    if (virtual) moveAnimations(0);
    return JSON.stringify({ ...answer, before, html: look(visual, skip), url: location.href });
  }

  function checked(ref) {
    const { element, error } = find(ref);
    if (error) return { error };
    if (!["checkbox", "radio"].includes(element.type)) return { error: `${described(element)} is no checkbox` };
    return { checked: element.checked };
  }
  const goto = (url) => { location.assign(url); return {}; };
  const travel = (steps) => { history.go(steps); return {}; };

  if (steady) (function again() { requestAnimationFrame(again); })();

  globalThis.agent = { step, locate, middle, clickElement, chooseOptions, takesKeys, prepareTyping, focus, holdPaste, paste, frame, frameNeeded,
    still, checked, goto, travel };
})
