// Pages are swapped in place: a click costs no new document, and mostly no request either, for a page
// comes with those that its links lead to. Where this script does not run, links and forms work all
// the same.
"use strict";

const OWN = /^\/(\d+|free)(\/|$)/;
const pages = new Map(); // address -> [title, body as HTML]; a page never changes
const MOST = 500;

function keep(found) {
  if (pages.size > MOST) pages.clear();
  for (const [address, page] of Object.entries(found)) pages.set(address, page);
}

// The request holds the page up, on purpose: when a click has been dealt with, the next page is there,
// and nobody who looks at it has to wait for a load or to look twice.
function pageAt(address) {
  if (!pages.has(address)) {
    const request = new XMLHttpRequest();
    request.open("GET", address, false);
    request.setRequestHeader("X-Pages", "ahead");
    request.send();
    if (request.status !== 200) return null;
    keep(JSON.parse(request.responseText));
  }
  return pages.get(address);
}

function show(address) {
  const [title, html] = pageAt(address) ?? ["WebShop", "<main><h1>There is no such page</h1></main>"];
  if (window.scrollY > 0) window.scrollTo(0, 0); // asked of the page that was: the new one has no layout yet
  document.title = title;
  document.body.replaceWith(document.adoptNode(Document.parseHTMLUnsafe(html).body));
}

if (window.navigation && Document.parseHTMLUnsafe) {
  navigation.addEventListener("navigate", (event) => {
    const { origin, pathname, search } = new URL(event.destination.url);
    const own = origin === location.origin && OWN.test(pathname);
    if (!event.canIntercept || !own || event.hashChange || event.formData) return;
    event.intercept({
      focusReset: "manual",
      scroll: "manual",
      handler: async () => show(pathname + search),
    });
  });

  // The address that the server would send the form on to.
  addEventListener("submit", (event) => {
    if (event.target.id !== "find") return;
    event.preventDefault();
    const query = encodeURIComponent(event.target.elements.q.value);
    navigation.navigate(`${location.pathname}/q=${query}/1/`).finished.catch(() => {});
  });
}

addEventListener("change", (event) => {
  if (event.target.type === "radio") event.target.form.requestSubmit();
});
