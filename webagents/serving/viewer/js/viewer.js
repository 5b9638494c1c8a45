// What is in view, and the keys and links that change it. The address after # says which step it is.

const state = { list: null, episode: null, step: 0, playing: 0, asked: 0 };
const PLAY_MS = 900;

const options = () => ({ looks: byId("looks").checked, changes: byId("changes").checked });

function redraw() {
  if (state.episode) showMoment(state.episode, state.step, options());
}

function tell(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
}

// Shows a step of an episode and puts it into the address.
async function go(entry, step) {
  const asked = ++state.asked;
  try {
    const episode = state.episode?.id === entry.id ? state.episode : await readEpisode(entry);
    if (asked !== state.asked) return; // another one was asked for meanwhile
    tell("");
    state.episode = episode;
    state.step = clamp(step, 0, episode.steps);
    state.list.select(entry);
    document.body.classList.add("ready");
    redraw();
    document.title = `${entry.task} ${entry.seed} · step ${state.step + 1}`;
    const link = address(entry, state.step);
    if (location.hash !== link) history.replaceState(null, "", link);
  } catch (error) {
    tell(`This episode cannot be shown: ${error.message}`);
  }
}

// The episode and step of the address, or the first episode.
function goToAddress() {
  const [, id, step] = /^#(.*?)(?:@(\d+))?$/s.exec(location.hash) ?? [];
  let wanted = id ?? "";
  try {
    wanted = decodeURIComponent(wanted);
  } catch {
    // no address of ours
  }
  const entry = state.list.entries.find((each) => each.id === wanted);
  if (entry) return go(entry, Number(step ?? 0));
  if (state.list.shown.length) return go(state.list.shown[0], 0);
  return tell("There are no episodes here.");
}

function move(offset) {
  if (state.episode) go(state.list.current, state.step + offset);
}

function moveEpisode(offset) {
  const entry = state.list.beside(offset);
  if (entry && entry !== state.list.current) {
    play(false);
    go(entry, 0);
  }
}

function play(on) {
  clearInterval(state.playing);
  state.playing = 0;
  byId("play").textContent = on ? "❚❚" : "▶";
  if (!on || !state.episode) return;
  if (state.step === state.episode.steps) go(state.list.current, 0);
  state.playing = setInterval(() => {
    move(1);
    if (state.step >= state.episode.steps) play(false);
  }, PLAY_MS);
}

const KEYS = {
  ArrowRight: () => move(1),
  ArrowLeft: () => move(-1),
  ArrowDown: () => moveEpisode(1),
  ArrowUp: () => moveEpisode(-1),
  j: () => moveEpisode(1),
  k: () => moveEpisode(-1),
  Home: () => move(-Infinity),
  End: () => move(Infinity),
  " ": () => play(!state.playing),
  "/": () => byId("search").focus(),
};

function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.body.classList.remove("drawn");
      document.activeElement?.blur();
    }
    if (event.target.matches("input[type=search], select")) return;
    if (event.key === " " && event.target.matches("button, input, summary")) return;
    if (!KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  window.addEventListener("hashchange", () => {
    document.body.classList.remove("drawn");
    if (!state.episode || location.hash !== address(state.episode, state.step)) goToAddress();
  });
  byId("on").addEventListener("click", () => move(1));
  byId("back").addEventListener("click", () => move(-1));
  byId("play").addEventListener("click", () => play(!state.playing));
  byId("drawer").addEventListener("click", () => document.body.classList.toggle("drawn"));
  byId("shade").addEventListener("click", () => document.body.classList.remove("drawn"));
  byId("theme").addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme.startsWith("dark")
      || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });
  for (const name of ["looks", "changes"]) byId(name).addEventListener("change", redraw);
  byId("wrap").addEventListener("change", () => byId("markup").classList.toggle("unwrapped", !byId("wrap").checked));
  byId("markup").addEventListener("mouseover", (event) => {
    const box = event.target.closest(".row")?.box;
    if (state.episode) pointOut(byId("frame"), state.episode.moments[state.step], box);
  });
  byId("markup").addEventListener("mouseleave", () => {
    if (state.episode) pointOut(byId("frame"), state.episode.moments[state.step], null);
  });
  window.addEventListener("resize", redraw);
}

function introduce(about, entries) {
  byId("kind").textContent = `webagents ${about.kind}`;
  byId("title").textContent = about.title;
  const steps = entries.reduce((sum, entry) => sum + entry.steps, 0);
  const some = entries.length < about.all
    ? `${entries.length.toLocaleString("en")} of ${counted(about.all, "episode")}, an even sample over the tasks`
    : counted(entries.length, "episode");
  byId("summary").textContent = `${some} · ${counted(steps, "step")}`;
  const { kind, title, all, made, ...said } = about;
  byId("made").replaceChildren(...rows(Object.fromEntries(Object.entries({ ...said, ...made }).filter(([, value]) => value))));
}

async function begin() {
  if (!window.DecompressionStream) return tell("This browser is too old: it cannot unpack what this file holds.");
  const { about, episodes } = await readIndex();
  introduce(about, episodes);
  state.list = new EpisodeList(episodes);
  listen();
  return goToAddress();
}

begin().catch((error) => tell(`The episodes cannot be shown: ${error.message}`));
