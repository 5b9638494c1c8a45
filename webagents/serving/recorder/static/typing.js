// What a person does with the keyboard, and what comes of a browser's own controls, as moves.

import { text } from "./marks.js";

const NO_TEXT = new Set(["checkbox", "radio", "button", "submit", "reset", "image", "file", "hidden"]);
const WHOLE = new Set(["range", "date", "time", "month", "week", "datetime-local", "color"]);
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Fn", "NumLock"]);
const UNREADABLE = new Set(["Dead", "Process", "Unidentified", "Compose"]);
const EDITING = new Set(["Backspace", "Delete", "ArrowLeft", "ArrowRight", "Home", "End"]);
const EDITING_LINES = new Set([...EDITING, "Enter", "ArrowUp", "ArrowDown", "PageUp", "PageDown"]);

const whole = (element) => element?.localName === "input" && WHOLE.has(element.type);
const manyLines = (element) => element.localName === "textarea" || element.isContentEditable;
const takesText = (element) => element?.isContentEditable || element?.localName === "textarea"
  || (element?.localName === "input" && !NO_TEXT.has(element.type) && !whole(element));
const contentOf = (element) => (element.isContentEditable ? element.innerText : element.value) ?? "";
const labelOf = (option) => option.text.replace(/\s+/g, " ").trim();

export class Typing {
  constructor(log) {
    this.log = log;
    this.pressed = 0; // when a key was last told as a press, real milliseconds
  }

  attach(view) {
    const listen = (type, heard) => view.addEventListener(type, (event) => {
      if (event.isTrusted && this.log.page.running) heard.call(this, event);
    }, { capture: true });
    listen("keydown", this.key);
    listen("beforeinput", this.beforeInput);
    listen("input", this.input);
    listen("change", this.change);
    for (const [type, key] of [["copy", "c"], ["cut", "x"], ["paste", "v"]])
      listen(type, (event) => this.press(event.composedPath()[0], `ControlOrMeta+${key}`));
  }

  // ---------------------------------------------------------------- keys
  key(event) {
    const { key } = event, element = event.composedPath()[0];
    if (MODIFIERS.has(key) || UNREADABLE.has(key) || event.isComposing) return;
    const altGraph = event.getModifierState("AltGraph");
    if ((event.ctrlKey || event.metaKey) && !altGraph) return this.combination(event, element);
    if (event.altKey && !altGraph && key.length > 1) return this.press(element, `Alt+${key}`);
    const prefix = event.shiftKey && key.length > 1 ? "Shift+" : "";
    if (takesText(element)) {
      const edits = key.length === 1 || (manyLines(element) ? EDITING_LINES : EDITING).has(key);
      if (edits) this.edit(element).keys.push(key.length === 1 ? key : prefix + key);
      else this.press(element, prefix + key);
    } else if (element.localName === "select" || whole(element)) {
      // Their keys change a value, which `change` tells.
      if (["Tab", "Enter", "Escape"].includes(key)) this.press(element, prefix + key);
    } else if (key.length === 1 && key !== " ") this.run(key);
    else this.press(element, prefix + (key === " " ? "Space" : key));
  }

  combination(event, element) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (["c", "x", "v"].includes(key)) return; // told by their own events
    if (["z", "y"].includes(key) || (takesText(element) && EDITING.has(key))) {
      if (takesText(element)) this.edit(element).keys.push(`ControlOrMeta+${key}`);
      return;
    }
    const shift = event.shiftKey ? "Shift+" : "";
    this.press(element, `ControlOrMeta+${shift}${key}`, key === "a" && takesText(element) ? element : null);
  }

  // field: the field whose text the key has only selected, which filling it needs not.
  press(element, key, field = null) {
    const { log } = this;
    log.settle();
    this.pressed = performance.now();
    const before = log.before();
    const focused = element.ownerDocument?.activeElement === element && element.localName !== "body";
    const named = focused ? log.named(element, before.html) : null;
    const way = named?.element === element ? text("press", named.ref, key) : text("keyboard_press", key);
    log.add(before, [[way]], { field });
  }

  // Characters typed where no field is.
  run(key) {
    const { log } = this;
    if (!log.open?.run) {
      log.settle();
      const before = log.before();
      const open = log.open = { run: "", at_ms: 0, write: () =>
        log.add(before, [[text("keyboard_type", open.run)]], { at_ms: open.at_ms }) };
    }
    log.open.run += key;
    log.open.at_ms = log.page.clock.elapsed;
  }

  // ---------------------------------------------------------------- fields
  // The edit of a field that goes on; begun where there is none.
  edit(element) {
    const { log } = this;
    if (log.open?.edits !== element) {
      log.settle();
      const before = log.before(), was = whole(element) ? null : contentOf(element);
      const open = log.open = { edits: element, keys: [], other: false, at_ms: 0,
        write: () => this.write(open, before, was) };
    }
    log.open.at_ms = log.page.clock.elapsed;
    return log.open;
  }

  beforeInput(event) {
    const element = event.composedPath()[0];
    if (/^(insertFromPaste|deleteByCut)/.test(event.inputType)) return; // told by their own events
    if (!takesText(element)) return;
    const open = this.edit(element);
    const keyed = /^(insertText|insertLineBreak|insertParagraph|delete|history)/.test(event.inputType);
    if (!keyed || (event.inputType === "insertText" && open.keys.length === 0)) open.other = true;
  }

  input(event) {
    const element = event.composedPath()[0], { log } = this;
    if (log.open?.edits === element) log.open.at_ms = log.page.clock.elapsed;
    else if (whole(element) || (takesText(element) && !event.inputType && performance.now() - this.pressed > 50)) {
      this.edit(element).other = true; // a slider, a picker, the arrows of a number field
    }
  }

  write({ edits: element, keys, other, at_ms }, before, was) {
    const { log } = this, now = contentOf(element);
    const named = log.named(element, before.html);
    const pieces = typed(keys);
    if (!named || named.element !== element) {
      if (pieces.length) log.add(before, [pieces], { at_ms });
      return;
    }
    const fill = text("fill", named.ref, now);
    if (now === was) { // keys that a page has kept to itself, that only moved the caret, or typed the same again
      const spare = keys.every((key) => EDITING.has(key)) && !keys.some((key) => key === "Backspace" || key === "Delete");
      if (!pieces.length) return;
      if (!spare) this.spare(element, now !== "");
      log.add(before, now && !spare ? [[fill], pieces] : [pieces], { at_ms, spare, field: element, edited: true });
      return;
    }
    const longer = was && now.startsWith(was);
    const ways = [[now === "" ? text("clear", named.ref) : longer ? text("type", named.ref, now.slice(was.length)) : fill]];
    if (longer) ways.push([fill]);
    this.spare(element, !longer);
    if (!other && pieces.length) ways.push(pieces);
    log.add(before, ways, { at_ms, field: element, edited: true });
  }

  // What was done to a field before and typing into it needs not: clicks into it, selecting its text;
  // and where it is filled anew, `edits` of it.
  spare(element, edits) {
    const { moves } = this.log;
    for (let n = moves.length - 1; n >= 0 && moves[n].field === element && (edits || !moves[n].edited); n--)
      moves[n].spare = true;
  }

  change(event) {
    const element = event.composedPath()[0], { log } = this;
    if (whole(element) && log.open?.edits === element) return log.settle();
    if (element.localName !== "select") return;
    log.settle();
    const before = log.before(), named = log.named(element, before.html);
    if (named?.element !== element) return;
    const last = log.moves.at(-1);
    const again = element.multiple && last?.chooses === element;
    if (again) log.moves.pop();
    const labels = [...element.options].map(labelOf);
    const chosen = [...element.selectedOptions].map((option) => {
      const label = labelOf(option);
      return labels.indexOf(label) === labels.lastIndexOf(label) ? label : option.value;
    });
    if (chosen.length)
      log.add(again ? last : before, [[text("select_option", named.ref, chosen)]], { chooses: element });
  }
}

// Keys as actions: characters together, other keys one by one.
function typed(keys) {
  const actions = [];
  let run = "";
  for (const key of keys) {
    if (key.length === 1) run += key;
    else {
      if (run) actions.push(text("keyboard_type", run));
      run = "";
      actions.push(text("keyboard_press", key));
    }
  }
  if (run) actions.push(text("keyboard_type", run));
  return actions;
}
