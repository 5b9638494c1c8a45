// The same answer without a clock of our own: `advance` waits for real time to pass.
((key, epoch, probe) => {
  "use strict";
  if (window !== window.top) return;
  const { setTimeout } = window;
  const stringify = JSON.stringify;
  const dispatch = EventTarget.prototype.dispatchEvent;
  EventTarget.prototype.addEventListener.call(document, `${key}:advance`, async (event) => {
    if (Number(event.detail) > 0) await new Promise((resolve) => setTimeout(resolve, Number(event.detail)));
    let state = null, failure = "";
    try { state = probe(); } catch (error) { failure = String(error); }
    const detail = stringify({ time_ms: performance.now(), state, failure });
    dispatch.call(document, new CustomEvent(`${key}:advanced`, { detail }));
  });
})
