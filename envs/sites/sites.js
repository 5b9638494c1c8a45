// Menus: a button shows what it controls and hides what the others do. And forms, which work all the
// same where this script does not run.
"use strict";

const menus = () => document.querySelectorAll("button[aria-controls]");

function show(button, open) {
  button.setAttribute("aria-expanded", String(open));
  document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
}

addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-controls]");
  const inside = event.target.closest("[data-panel]");
  for (const each of menus()) {
    const shown = each.getAttribute("aria-expanded") === "true";
    if (each === button) show(each, !shown);
    else if (shown && inside?.id !== each.getAttribute("aria-controls")) show(each, false);
  }
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const each of menus()) show(each, false);
});

// A browser sends a form off some time after the click. Sent from here, on purpose holding the page up,
// it is on its way when the click has been dealt with, and a page is left at the same moment every time.
addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const values = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "get") {
    location.assign(`${form.action}?${values}`);
    return;
  }
  const request = new XMLHttpRequest();
  request.open("POST", form.action, false);
  request.send(values);
  location.assign(request.responseURL);
});
