// The list of episodes: filters, sorting, and rows that exist only while they are in sight.

const ROW = 54;
const OUTCOMES = {
  all: () => true,
  solved: (entry) => entry.failure === "",
  failed: (entry) => entry.failure !== "" && entry.failure !== "void",
  void: (entry) => entry.failure === "void",
};
const WORDS = { "": "success", wrong: "wrong", truncated: "step limit", error: "errors", void: "void" };
const MEANINGS = {
  "": "The task was solved.",
  wrong: "The task ended, with less than a success.",
  truncated: "The step limit, or the end of what was kept, came first.",
  error: "The step limit came while the last three actions (or all) had failed.",
  void: "The machinery broke; the episode does not count.",
};

const SORTS = {
  task: (a, b) => a.task.localeCompare(b.task) || a.seed - b.seed,
  steps: (a, b) => a.steps - b.steps,
  reward: (a, b) => (a.reward ?? -Infinity) - (b.reward ?? -Infinity),
};

const address = (entry, step) => `#${encodeURIComponent(entry.id).replaceAll("%2F", "/")}@${step}`;

const shortTask = (task) => task.replace(/^miniwob\./, "");

class EpisodeList {
  constructor(entries, chosen) {
    Object.assign(this, { entries, shown: entries, chosen, outcome: "all", down: false, current: null });
    for (const [name, word] of [["task", "tasks"], ["source", "sources"]]) this.offer(name, word);
    for (const name of ["search", "task", "source", "sort"])
      byId(name).addEventListener("input", () => this.choose());
    byId("turn").addEventListener("click", () => {
      this.down = !this.down;
      this.choose();
    });
    byId("episodes").addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(byId("episodes"));
    this.choose();
  }

  offer(name, word) {
    const counts = new Map();
    for (const entry of this.entries) counts.set(entry[name], (counts.get(entry[name]) ?? 0) + 1);
    const sorted = [...counts].sort(([a], [b]) => String(a).localeCompare(String(b)));
    byId(name).replaceChildren(
      make("option", { value: "" }, sorted.length === 1 ? sorted[0][0] || `1 ${word.slice(0, -1)}` : `all ${sorted.length} ${word}`),
      ...sorted.map(([value, count], place) => make("option", { value: String(place + 1) }, `${value || "–"} (${count})`)));
    byId(name).disabled = sorted.length < 2;
    byId(name).values = sorted.map(([value]) => value);
    this[`${name}s`] = sorted.length;
  }

  // Whether an entry passes all filters but the outcome's.
  fits(entry) {
    const search = byId("search").value.trim().toLowerCase();
    const wanted = (name) => byId(name).value === "" || byId(name).values[byId(name).value - 1] === entry[name];
    const text = () => `${entry.instruction}\n${entry.id}`.toLowerCase();
    return wanted("task") && wanted("source") && (!search || text().includes(search));
  }

  choose() {
    const fitting = this.entries.filter((entry) => this.fits(entry));
    const counts = Object.entries(OUTCOMES).map(([name, test]) => [name, fitting.filter(test).length]);
    byId("outcomes").replaceChildren(...counts
      .filter(([name, count]) => name !== "void" || count || this.outcome === "void")
      .map(([name, count]) => make("button", {
        type: "button", class: name, "aria-pressed": String(this.outcome === name),
        onclick: () => {
          this.outcome = name;
          this.choose();
        },
      }, make("b", {}, count.toLocaleString("en")), ` ${name}`)));
    this.shown = fitting.filter(OUTCOMES[this.outcome]);
    const sort = SORTS[byId("sort").value];
    if (sort) this.shown.sort(sort);
    if (this.down) this.shown.reverse();
    byId("turn").textContent = this.down ? "↑" : "↓";
    byId("rail").style.height = `${this.shown.length * ROW}px`;
    this.draw();
  }

  draw() {
    const view = byId("episodes");
    const first = Math.max(0, Math.floor(view.scrollTop / ROW) - 4);
    const last = Math.min(this.shown.length, Math.ceil((view.scrollTop + view.clientHeight) / ROW) + 4);
    const rows = this.shown.slice(first, last).map((entry, place) => this.row(entry, first + place));
    byId("rail").replaceChildren(...(rows.length ? rows : [make("p", { class: "faint none" }, "No episode fits.")]));
  }

  row(entry, place) {
    return make("a", {
      class: entry === this.current ? "episode current" : "episode",
      href: address(entry, 0), style: { top: `${place * ROW}px` },
      "aria-current": entry === this.current ? "true" : null,
    },
    make("span", { class: `dot ${entry.failure || "solved"}`, title: WORDS[entry.failure] }),
    make("span", { class: "first" },
      make("b", {}, shortTask(entry.task)),
      make("span", { class: "faint" }, ` ${entry.seed}`),
      this.sources > 1 && make("span", { class: "faint source" }, entry.source),
      make("span", { class: "number faint" }, counted(entry.steps, "step"))),
    make("span", { class: "second said" }, entry.instruction || "–"));
  }

  // Marks the episode in view and brings it into sight.
  select(entry) {
    this.current = entry;
    const view = byId("episodes");
    const top = this.shown.indexOf(entry) * ROW;
    if (top >= 0 && (top < view.scrollTop || top + ROW > view.scrollTop + view.clientHeight))
      view.scrollTop = top - view.clientHeight / 2 + ROW / 2;
    this.draw();
  }

  // The episode so many rows on; the first one where the current is not in the list.
  beside(offset) {
    const place = this.shown.indexOf(this.current);
    return this.shown[place < 0 ? 0 : clamp(place + offset, 0, this.shown.length - 1)];
  }
}
