// Plays several MiniWoB pages as one: each page's own script makes its part and judges what is done there;
// this decides what that means for the whole.
window.composed = (() => {
  "use strict";
  let plan = null;
  const parts = [];
  let over = null;   // the sub-tasks' states when the episode ended

  // ---------------------------------------------------------------- a page's script, kept to its own part
  // What a part's script finds is its own: selectors match inside its root alone, and "#query" is where
  // it writes its own instruction, which is not shown.
  function scopeOf(part) {
    const { root, query } = part;
    const all = (selector) => {
      if (selector.trim() === "#query") return [query];
      try {
        return [...document.querySelectorAll(selector)].filter((element) => root.contains(element));
      } catch {
        return window.jQuery(root).find(selector).toArray();   // jQuery's own selectors
      }
    };
    const lookups = {
      getElementById: (id) => (id === "area" ? root : all(`#${CSS.escape(id)}`)[0] ?? null),
      getElementsByClassName: (names) => all("." + names.trim().split(/\s+/).map(CSS.escape).join(".")),
      getElementsByTagName: (name) => all(name),
      querySelector: (selector) => all(selector)[0] ?? null,
      querySelectorAll: all,
    };
    const kept = (target, own) => new Proxy(target, {
      get(_, key) {
        if (Object.hasOwn(own, key)) return own[key];
        const value = Reflect.get(target, key);
        return typeof value === "function" && !value.prototype ? value.bind(target) : value;
      },
      set(_, key, value) {
        if (key === "onload") {
          part.onload = value;
          return true;
        }
        return Reflect.set(target, key, value);
      },
    });
    const ownDocument = kept(document, lookups);
    return [ownCore(part), ownDocument, kept(window, { document: ownDocument }), ownQuery(all), ownD3(all)];
  }

  function ownCore(part) {
    const core = Object.create(window.core);
    core.endEpisode = (reward) => judged(part, reward >= 1);
    core.startEpisode = () => {};
    core.leave = () => end(false);
    core.ready = () => !part.gated || earlier(part).every((other) => other.done);
    return core;
  }

  function ownQuery(all) {
    if (!window.jQuery) return undefined;
    const $ = function (selector, context) {
      const looksUp = typeof selector === "string" && context === undefined && !selector.trim().startsWith("<");
      return window.jQuery(looksUp ? all(selector) : selector, context);
    };
    Object.setPrototypeOf($, window.jQuery);
    $.resetUniqueId = () => {};   // ids go on from part to part
    return $;
  }

  function ownD3(all) {
    if (!window.d3) return undefined;
    const d3 = Object.create(window.d3);
    d3.select = (what) => window.d3.select(typeof what === "string" ? all(what)[0] ?? null : what);
    d3.selectAll = (what) => window.d3.selectAll(typeof what === "string" ? all(what) : what);
    return d3;
  }

  // What jQuery UI would put at the page's end comes into the part it belongs to.
  function keepWidgetsIn(root) {
    for (const widget of ["dialog", "autocomplete"]) {
      const options = window.jQuery?.ui?.[widget]?.prototype.options;
      if (options) options.appendTo = root;
    }
  }

  // There is one date picker for all fields; it goes to the part whose field asks for it.
  function lendDatePicker(root) {
    root.addEventListener("focusin", (event) => {
      const picker = window.jQuery?.datepicker?.dpDiv?.[0];
      if (picker && event.target.classList.contains("hasDatepicker")) root.append(picker);
    }, true);
  }

  // ---------------------------------------------------------------- what is done
  const earlier = (part) => parts.slice(0, part.index);
  const screenOf = (number) => parts.filter((part) => part.screen === number);

  // The parts without a button of their own that are read with this one's.
  function readWith(part) {
    let first = part.index;
    while (first > 0 && parts[first - 1].shared) first -= 1;
    return parts.slice(first, part.index);
  }

  // What a part without a button would be judged as now.
  function read(part) {
    let right = false;
    part.reading = (verdict) => { right = verdict; };
    part.button.click();
    part.reading = null;
    return right;
  }

  function judged(part, right) {
    if (part.reading) return part.reading(right);
    if (over || (part.waits && !parts[part.index - 1].used)) return;
    part.used = true;
    const shared = readWith(part);
    const ready = !part.gated || parts.slice(0, part.index - shared.length).every((other) => other.done);
    for (const other of shared) other.done = ready && read(other);
    part.done = ready && right && (!part.gated || shared.every((other) => other.done));
    if (part.index === parts.length - 1) end(parts.every((other) => other.done));
    else if (part === screenOf(part.screen).at(-1)) {
      if (plan.strict && !screenOf(part.screen).every((other) => other.done)) end(false);
      else show(parts[part.index + 1].screen);
    }
  }

  function states() {
    const count = {};
    return Object.fromEntries(parts.map((part) => {
      count[part.task] = (count[part.task] ?? 0) + 1;
      const name = count[part.task] > 1 ? `${part.task} ${count[part.task]}` : part.task;
      const reader = part.shared && parts.slice(part.index).find((other) => !other.shared);
      return [name, reader && !reader.used ? read(part) : part.done];
    }));
  }

  function end(solved) {
    if (over) return;
    over = states();
    window.core.endEpisode(solved ? 1 : -1, solved);
  }

  function show(screen) {
    for (const part of parts) part.root.classList.toggle("hide", part.screen !== screen);
  }

  // ---------------------------------------------------------------- the instruction
  function valuesOf(part) {
    const said = part.query.textContent.replace(/\s+/g, " ").trim();
    const found = new RegExp(`^${part.says}$`).exec(said);
    if (!found) throw new Error(`${part.task} says ${said}`);
    return Object.fromEntries(part.names.map((name, n) => [name, found[n + 1]]));
  }

  function allValues() {
    const count = {}, seen = {}, values = {};
    for (const part of parts) for (const name of part.names) count[name] = (count[name] ?? 0) + 1;
    for (const part of parts) {
      for (const [name, value] of Object.entries(valuesOf(part))) {
        seen[name] = (seen[name] ?? 0) + 1;
        if (value !== undefined) values[count[name] > 1 ? name + seen[name] : name] = value;
      }
    }
    return values;
  }

  const filled = (template, values) => template
    .replace(/\[([^\]]*)\]/g, (_, text) => ([...text.matchAll(/\{([^}]*)\}/g)].every((m) => m[1] in values) ? text : ""))
    .replace(/\{([^}]*)\}/g, (_, name) => values[name]);

  // Writes the instruction. Its height is enough for either order, so that the page below is the same,
  // as long as that leaves room for all of the page.
  function tell() {
    const query = document.getElementById("query");
    const least = query.clientHeight;
    const room = document.getElementById("wrap").getBoundingClientRect().bottom - bottom();
    query.style.boxSizing = "border-box";
    query.style.height = "auto";
    const heights = [plan.other, plan.sentence].map((template) => {
      query.textContent = filled(template, plan.values);
      return query.clientHeight;
    });
    const wanted = Math.max(least, ...heights);
    query.style.height = `${Math.max(least, Math.min(wanted, least + Math.floor(room)))}px`;
  }

  // Where the lowest thing of any screen ends.
  function bottom() {
    const ends = parts.flatMap((part) => {
      show(part.screen);
      return [...part.root.querySelectorAll("*")].map((element) => element.getBoundingClientRect().bottom);
    });
    return Math.max(...ends);
  }

  // ---------------------------------------------------------------- from the plan to the page
  // Radio buttons of two parts are no group.
  function partNames() {
    const taken = new Map();
    for (const part of parts) {
      for (const input of part.root.querySelectorAll("input[type=radio][name]")) {
        const owner = taken.get(input.name) ?? part;
        taken.set(input.name, owner);
        if (owner !== part) input.name += `-${part.index + 1}`;
      }
    }
  }

  function generate() {
    for (const part of parts) {
      keepWidgetsIn(part.root);
      part.generate();
    }
    partNames();
    for (const part of parts.filter((each) => each.shared)) {
      part.button = part.root.querySelector(part.button);
      if (part.button.previousElementSibling?.localName === "br") part.button.previousElementSibling.remove();
      part.button.remove();
    }
    plan.values = allValues();
    tell();
    show(1);
  }

  function begin(given) {
    plan = given;
    window.genProblem = generate;
    window.onload = () => {
      for (const [index, told] of plan.parts.entries()) {
        const root = document.getElementById(`form${index + 1}`);
        const query = document.createElement("div");
        query.textContent = told.said;
        const part = { ...told, index, root, query, done: false, used: false };
        parts.push(part);
        lendDatePicker(root);
        const [core, ownDocument, ownWindow, $, d3] = scopeOf(part);
        part.generate = plan.scripts[index](core, ownDocument, ownWindow, $, $, d3);
        keepWidgetsIn(root);
        part.onload?.call(window);
      }
      window.core.EPISODE_MAX_TIME = plan.limit;
      window.core.startEpisode();
    };
  }

  return { begin, told: () => ({ subtasks: over ?? states(), fields: plan.values }) };
})();
