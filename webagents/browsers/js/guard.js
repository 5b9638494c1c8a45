// Keeps a page where it is and answers its dialogs, for browsers that give us no say in either.
//
// One script in two worlds. In the page's, before its own scripts: dialogs and windows are answered
// at once and told. In the agent's: navigations are let through or not.
((key, origin, single, inPage) => {
  "use strict";
  const name = `${key}:told`;
  const dispatch = EventTarget.prototype.dispatchEvent;
  const tell = (kind, words) => {
    try {
      dispatch.call(window.top.document, new CustomEvent(name, { detail: JSON.stringify([kind, words]) }));
    } catch { /* a frame of another origin has nobody to tell */ }
  };
  const absolute = (url) => { try { return new URL(url, document.baseURI).href; } catch { return String(url); } };

  if (inPage) {
    const define = (name, value) =>
      Object.defineProperty(window, name, { value, writable: true, configurable: true });
    define("alert", (words = "") => { tell("alert", String(words)); });
    define("confirm", (words = "") => { tell("confirm", String(words)); return true; });
    define("prompt", (words = "", given = "") => { tell("prompt", String(words)); return String(given); });
    define("open", (url = "") => { tell("window", absolute(url)); return null; });
    define("close", () => {});
    define("print", () => {});
    return;
  }

  const lines = [];
  if (window === window.top) {
    document.addEventListener(name, (event) => { if (lines.length < 20) lines.push(JSON.parse(event.detail)); });
    globalThis.guard = { taken: () => lines.splice(0) };
  }
  // What would open in a window of its own: a link's or form's target, a middle or modified click.
  const stays = (target) => !target || /^_(self|top|parent)$/i.test(target) || window.top.frames[target] !== undefined;
  const opens = (event) => {
    if (event.type === "submit") {
      const target = event.submitter?.formTarget || event.target.target;
      return stays(target) ? "" : event.submitter?.formAction || event.target.action;
    }
    const link = event.composedPath().find((node) => node.localName === "a" || node.localName === "area");
    if (!link?.href || link.hasAttribute("download")) return "";
    const apart = event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
    return event.button !== 2 && (apart || !stays(link.target)) ? link.href : "";
  };
  for (const type of ["click", "auxclick", "submit"])
    window.addEventListener(type, (event) => {
      const url = event.defaultPrevented ? "" : opens(event);
      if (!url) return;
      event.preventDefault();
      tell("window", url);
    });
  window.navigation?.addEventListener("navigate", (event) => {
    const { url, sameDocument } = event.destination;
    if (sameDocument) return;
    if (event.downloadRequest !== null) {
      event.preventDefault();
      tell("download", url);
      return;
    }
    const own = url.startsWith(`${origin}/`);
    if (window !== window.top) {
      if (!own && /^https?:/.test(url)) event.preventDefault();
    } else if ((single || !own) && event.cancelable) {
      event.preventDefault();
      tell("go", url);
    }
  });
})
