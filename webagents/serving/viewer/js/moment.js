// One moment of an episode on the stage: the picture, the page, the action and what came of it.

const badge = (failure) =>
  make("span", { class: `badge ${failure || "solved"}`, title: MEANINGS[failure] }, WORDS[failure]);

function showHeading(episode) {
  byId("name").replaceChildren(episode.task);
  const fact = (name, value) => make("span", {}, make("span", { class: "faint" }, `${name} `), value);
  byId("facts").replaceChildren(
    badge(episode.failure),
    ...[["seed", episode.seed], ["by", episode.source], ["split", episode.split]]
      .filter(([, value]) => value !== "").map(([name, value]) => fact(name, String(value))),
    ...(episode.reward === null ? [] : [fact("reward", brief(episode.reward))]),
    fact("", counted(episode.steps, "step")));
}

function showScrubber(episode, step) {
  byId("scrubber").classList.toggle("dense", episode.steps > 80);
  byId("scrubber").replaceChildren(...episode.moments.map((moment, place) => make("a", {
    href: address(episode, place),
    class: [
      moment.error && "failed", moment.reward > 0 && "gained", moment.reward < 0 && "lost",
      place === episode.steps && "last", place < step && "past", place === step && "current",
    ].filter(Boolean).join(" "),
    title: place === episode.steps ? "the end" : `${place + 1}. ${clip(moment.action, 200)}`,
    tabindex: "-1",
  })));
  for (const [name, value] of [["min", 0], ["max", episode.steps], ["now", step]])
    byId("scrubber").setAttribute(`aria-value${name}`, value);
  byId("position").textContent = step === episode.steps ? `end of ${episode.steps}` : `${step + 1} of ${episode.steps}`;
}

function showMoves(episode, step) {
  const list = byId("moves");
  list.replaceChildren(...episode.moments.map((moment, place) => make("li", {
    class: [place === step && "current", moment.error && "failed"].filter(Boolean).join(" "),
    value: place + 1,
  }, make("a", { href: address(episode, place) },
    make("span", { class: "number faint" }, place === episode.steps ? "" : String(place + 1)),
    place === episode.steps
      ? make("span", { class: "faint" }, "the end")
      : make("code", { class: "said" }, clip(moment.action, 200)),
    moment.error && make("span", { class: "sign", title: clip(moment.error, 300) }, "failed"),
    moment.reward && make("span", { class: moment.reward > 0 ? "plus" : "minus" },
      `${moment.reward > 0 ? "+" : ""}${brief(moment.reward)}`)))));
  const current = list.children[step];
  if (current.offsetTop < list.scrollTop || current.offsetTop + current.offsetHeight > list.scrollTop + list.clientHeight)
    list.scrollTop = current.offsetTop - list.clientHeight / 2;
}

const fact = (name, value) => value && make("span", {}, make("span", { class: "faint" }, `${name} `), value);

const notesOf = (title, notes) => Object.keys(notes ?? {}).length > 0 && make("div", { class: "notes small" },
  make("div", { class: "faint" }, title), make("dl", {}, rows(notes)));

function showAction(episode, step) {
  const moment = episode.moments[step];
  const before = step > 0 ? episode.moments[step - 1] : null;
  if (step === episode.steps) return showEnd(episode, before);
  const took = moment.time === null ? "" : `${brief(moment.time)} ms`
    + (typeof before?.time === "number" ? ` (+${brief(moment.time - before.time)})` : "");
  byId("action").replaceChildren(
    make("div", { class: "top" },
      make("span", { class: "faint small" }, `Action ${step + 1}`),
      make("code", { class: "text said" }, moment.action || "(nothing)")),
    ...[moment.error && make("p", { class: "error said" }, moment.error),
      !moment.call && !moment.error && make("p", { class: "small faint" }, "This text is no action that could be read.")].filter(Boolean),
    make("div", { class: "facts small" },
      moment.reward !== null && fact("reward", brief(moment.reward)),
      fact("clock after it", took),
      moment.ended === "ended" && make("span", {}, "the task ended"),
      moment.ended === "cut" && make("span", {}, "cut at the step limit")),
    ...[notesOf("Notes of the policy", moment.notes)].filter(Boolean));
}

function showEnd(episode, last) {
  const reached = { ended: "the task ended here", cut: "cut at the step limit" }[last?.ended];
  byId("action").replaceChildren(
    make("div", { class: "top" },
      make("span", { class: "faint small" }, "The end"),
      badge(episode.failure),
      make("span", { class: "small" }, MEANINGS[episode.failure])),
    ...[episode.reason && make("p", { class: "error said" }, episode.reason)].filter(Boolean),
    make("div", { class: "facts small" },
      episode.reward !== null && fact("reward in all", brief(episode.reward)),
      typeof last?.time === "number" && fact("clock", `${brief(last.time)} ms`),
      reached && make("span", {}, reached)),
    ...[notesOf("What the environment said", episode.info)].filter(Boolean));
}

// Shows a moment. `options`: whether looks and changes are shown in the page.
function showMoment(episode, step, options) {
  const moment = episode.moments[step];
  const lines = moment.html ? linesOf(moment.html) : [];
  const before = step > 0 ? episode.moments[step - 1].html : null;
  const kept = episode.moments.some((each) => each.html !== null);
  const widest = Math.max(0, ...episode.moments.map((each) => each.picture?.[0] ?? 0));
  byId("stage").classList.toggle("pageless", !kept);
  const beside = kept ? byId("left") : byId("right"); // what the page's place is used for without one
  if (byId("actions").parentElement !== beside) beside.append(byId("actions"));
  byId("stage").classList.toggle("wide", widest > 420);
  byId("instruction").textContent = moment.instruction || episode.instruction || "No instruction was kept.";
  byId("address").textContent = moment.url;
  showHeading(episode);
  showScrubber(episode, step);
  showAction(episode, step);
  const frame = byId("frame");
  const room = [frame.clientWidth, Math.max(260, Math.min(window.innerHeight * 0.56, 720))];
  byId("caption").textContent = showPicture(frame, moment, episode.moments.slice(0, step), lines, room);
  showMoves(episode, step);
  byId("page").hidden = !kept;
  byId("looks-label").hidden = !lines.some((line) => line.box);
  byId("size").textContent = `${counted(moment.html?.length ?? 0, "character")}`;
  showLines(byId("markup"), lines, {
    marks: refsOf(moment.call), before: before && options.changes ? linesOf(before) : null, looks: options.looks,
  });
}
