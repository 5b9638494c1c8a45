// The page that people use: who they are, what they play, and what has become of it.

import { TaskPage } from "./frame.js";

const NEXT_MS = 900; // how long "kept" is shown before the next episode begins
const MOST_SCALE = 3;

const $ = (id) => document.getElementById(id);
let task = null;     // the task that was chosen; null: any
let assignment = null;
let page = null;     // the TaskPage that is played
let recorded = null; // an episode that is done and not yet taken in
let go = null;       // what the main button does
let next = 0;

async function ask(path, told) {
  const options = told && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told) };
  const reply = await fetch(path, options);
  const answer = await reply.json().catch(() => ({ detail: reply.statusText }));
  if (reply.status === 401) { join(); throw new Error("say your name first"); }
  if (!reply.ok) throw new Error(typeof answer.detail === "string" ? answer.detail : `error ${reply.status}`);
  return answer;
}

// ---------------------------------------------------------------- coming in
function join() {
  page?.stop();
  $("work").hidden = true;
  $("join").hidden = false;
  $("name").value = localStorage.getItem("name") ?? "";
  $("name").focus();
}

$("join-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await ask("/api/join", { name: $("name").value });
    localStorage.setItem("name", $("name").value);
    await enter();
  } catch (error) {
    $("join-error").textContent = error.message;
  }
});

async function enter() {
  let state = await ask("/api/state");
  if (!state.assignment) state = await ask("/api/deal", { task });
  $("join").hidden = true;
  $("work").hidden = false;
  take(state);
}

// ---------------------------------------------------------------- playing
function take(state) {
  show(state);
  assignment = state.assignment;
  if (assignment) begin();
  else result("kept", "All done", "Everything that is wanted here is recorded, or in other people's hands. Thank you!",
    "Look again", deal);
}

async function begin() {
  clearTimeout(next);
  page?.stop();
  recorded = null;
  $("result").hidden = true;
  for (const id of ["redo", "skip"]) $(id).disabled = false;
  $("task-name").textContent = `${assignment.task} · seed ${assignment.seed}`;
  $("instruction").textContent = "";
  $("note").value = sessionStorage.getItem(noteKey()) ?? "";
  $("note").hidden = !$("note").value;
  const frame = document.createElement("iframe");
  frame.title = "The task";
  [frame.width, frame.height] = assignment.window;
  $("clip").replaceChildren(frame);
  fit();
  const mine = page = new TaskPage(frame, assignment, { ended: finish, shortcut });
  try {
    const instruction = await mine.begin();
    if (page !== mine) return;
    $("instruction").textContent = instruction;
    fit();
  } catch (error) {
    if (page === mine) result("refused", "The page did not come up", error.message, "Try again", begin);
  }
}

// The page at a comfortable size: enlarged as a picture, so that its own pixels stay what they are.
function fit() {
  const frame = $("clip").firstElementChild;
  if (!frame || !assignment) return;
  const top = $("stage").getBoundingClientRect().top - $("play").getBoundingClientRect().top + $("play").scrollTop;
  const below = 80 + ($("note").hidden ? 0 : $("note").offsetHeight + 12);
  const high = $("play").clientHeight - top - below, wide = $("play").clientWidth - 48;
  const scale = Math.max(1, Math.min(MOST_SCALE, high / assignment.height, wide / assignment.width));
  frame.style.transform = `scale(${scale})`;
  $("clip").style.width = `${assignment.width * scale}px`;
  $("clip").style.height = `${assignment.height * scale}px`;
}
addEventListener("resize", fit);

function finish(ended) {
  recorded = { task: assignment.task, seed: assignment.seed, ...ended };
  send();
}

async function send() {
  const mine = recorded;
  result("", "Checking…", "Your episode is being played again.");
  try {
    const answer = await ask("/api/finish", { ...mine, note: $("note").value });
    if (recorded !== mine) return;
    show(answer);
    if (answer.accepted) {
      sessionStorage.removeItem(noteKey());
      result("kept", "Kept", "", "Next", deal);
      if (document.activeElement !== $("note")) next = setTimeout(deal, NEXT_MS);
    } else result("refused", "Not kept", sentence(answer.reason), "Do it again", begin);
  } catch (error) {
    if (recorded === mine) result("refused", "Not taken in yet", error.message, "Send it again", send);
  }
}

async function deal(told = {}) {
  clearTimeout(next);
  page?.stop();
  try {
    take(await ask("/api/deal", { task, skip: told.skip === true }));
  } catch (error) {
    result("refused", "That did not work", error.message, "Try again", deal);
  }
}

const redo = () => { if (!$("redo").disabled) begin(); };
const skip = () => { if (!$("skip").disabled) deal({ skip: true }); };

function note() {
  const hidden = $("note").hidden;
  $("note").hidden = !hidden;
  $("note-button").setAttribute("aria-expanded", String(hidden));
  fit();
  if (hidden) $("note").focus();
  else $("clip").firstElementChild?.contentWindow.focus();
}

const noteKey = () => `note/${assignment?.task}/${assignment?.seed}`;
$("note").addEventListener("input", () => sessionStorage.setItem(noteKey(), $("note").value));

// ---------------------------------------------------------------- showing
const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;

// main: what the button says; without, there is nothing to do but wait.
function result(kind, title, words, main = "", then = null) {
  $("result").className = kind;
  $("result-title").textContent = title;
  $("result-words").textContent = words;
  $("result-main").textContent = main;
  $("result-main").hidden = !main;
  $("result-skip").hidden = kind !== "refused" || !assignment;
  $("result").hidden = false;
  for (const id of ["redo", "skip"]) $(id).disabled = kind !== "refused" || !assignment;
  go = then;
  if (main && document.activeElement !== $("note")) $("result-main").focus();
  fit();
}

function show({ person, progress }) {
  const done = progress.reduce((sum, each) => sum + Math.min(each.done, each.wanted), 0);
  const wanted = progress.reduce((sum, each) => sum + each.wanted, 0);
  const mine = progress.reduce((sum, each) => sum + (each.people[person] ?? 0), 0);
  $("person").textContent = `${person} · ${mine}`;
  $("person").title = `${mine} episodes by you`;
  $("total-words").textContent = `${done} of ${wanted}`;
  Object.assign($("total"), { max: wanted, value: done });
  $("any").ariaCurrent = task === null ? "true" : null;
  for (const each of progress) {
    const { button, count, bar } = line(each);
    button.classList.toggle("done", each.done >= each.wanted);
    button.ariaCurrent = each.id === task ? "true" : null;
    button.title = Object.entries(each.people).map(([name, n]) => `${name}: ${n}`).join("\n") || "nobody yet";
    count.textContent = `${each.done}/${each.wanted}`;
    Object.assign(bar, { max: each.wanted, value: Math.min(each.done, each.wanted) });
  }
}

// A task's line in the list, made when it is first shown.
const lines = new Map();
function line({ id, name }) {
  if (!lines.has(id)) {
    const item = document.createElement("li"), button = document.createElement("button");
    const words = document.createElement("span"), count = document.createElement("span"), bar = document.createElement("progress");
    button.className = "task";
    count.className = "count";
    words.textContent = name;
    button.append(words, count, bar);
    button.addEventListener("click", () => choose(id));
    item.append(button);
    $("tasks").append(item);
    lines.set(id, { button, count, bar });
  }
  return lines.get(id);
}

function choose(id) {
  task = id;
  deal();
}

function shortcut(event) {
  const does = { KeyR: redo, KeyS: skip, KeyN: note }[event.code];
  if (!does || !event.altKey || $("work").hidden) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  does();
}

addEventListener("keydown", shortcut);
$("any").addEventListener("click", () => choose(null));
$("redo").addEventListener("click", redo);
$("skip").addEventListener("click", skip);
$("note-button").addEventListener("click", note);
$("result-main").addEventListener("click", () => go?.());
$("result-skip").addEventListener("click", skip);

enter().catch((error) => { if ($("join").hidden) document.body.textContent = error.message; });
