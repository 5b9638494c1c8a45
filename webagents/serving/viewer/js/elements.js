"use strict";
// Elements are made here and nowhere else, and text only ever becomes text.

const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "style") Object.assign(element.style, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter(Boolean));
  return element;
}

const make = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const counted = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

// A number for people: whole ones as they are, others with up to three digits after the point.
const brief = (number) =>
  typeof number === "number" ? String(Number(number.toFixed(3))) : String(number);

const clip = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The rows of a description list: the keys of an object and its values as text.
function rows(value) {
  const text = (item) => {
    if (typeof item === "string") return item;
    const line = JSON.stringify(item);
    return line.length > 100 ? JSON.stringify(item, null, 2) : line;
  };
  return Object.entries(value).flatMap(([name, item]) => [
    make("dt", {}, name),
    make("dd", { class: "said" }, text(item)),
  ]);
}
