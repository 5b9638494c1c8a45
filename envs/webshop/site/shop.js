// Pages are swapped in place: a click costs a request and no new document. Where this script does not
// run, links and forms work all the same.
"use strict";

// The request holds the page up, on purpose: when a click has been dealt with, the next page is there,
// and nobody who looks at it has to wait for a load or to look twice.
function show(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.send();
  const page = Document.parseHTMLUnsafe(request.responseText);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
}

if (window.navigation && Document.parseHTMLUnsafe) {
  navigation.addEventListener("navigate", (event) => {
    const own = new URL(event.destination.url).origin === location.origin;
    if (!event.canIntercept || !own || event.hashChange || event.formData) return;
    event.intercept({
      focusReset: "manual",
      scroll: "manual",
      handler: async () => show(event.destination.url),
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
