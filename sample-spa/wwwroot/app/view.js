// Shows a template of index.html with values, which are written as text. No markup is made of a string.
import { language } from "./language.js";

const locale = language === "tr" ? "tr" : "en-GB";
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const content = document.getElementById("content");
const status = document.getElementById("status");
const shown = new WeakMap(); // which template each place shows

/**
 * Shows a state of the page. Elements of a state that is shown already are kept, and with them the focus.
 * @returns {boolean} Whether the state has changed.
 */
export function show(name, values, moveFocus) {
  const hadFocus = content.contains(document.activeElement) && document.activeElement !== content;
  const isNew = place(content, name, values);
  if (moveFocus || (isNew && hadFocus)) {
    content.querySelector("h1")?.focus();
  }

  return isNew;
}

/** Shows a template in an element, or only writes the new values if it is there. */
export function place(element, name, values) {
  const isNew = shown.get(element) !== name || element.childElementCount === 0;
  if (isNew) {
    element.replaceChildren(document.getElementById(name).content.cloneNode(true));
    shown.set(element, name);
  }

  fill(element, values);
  return isNew;
}

/** Writes the values: data-if, data-text, data-time, data-clock, data-list, data-login. */
export function fill(root, values) {
  for (const element of root.querySelectorAll("[data-if]")) {
    element.hidden = !values[element.dataset.if];
  }

  for (const element of root.querySelectorAll("[data-text]")) {
    write(element, values[element.dataset.text] ?? "");
  }

  for (const element of root.querySelectorAll("[data-time]")) {
    time(element, values[element.dataset.time], moment);
  }

  for (const element of root.querySelectorAll("[data-clock]")) {
    time(element, values[element.dataset.clock], clock);
  }

  for (const element of root.querySelectorAll("[data-list]")) {
    list(element, values[element.dataset.list] ?? []);
  }

  for (const element of root.querySelectorAll("[data-login]")) {
    element.href = `/auth/login?returnUrl=${encodeURIComponent(values.returnUrl)}&locale=${language}`;
  }
}

/** Announces a change to screen readers. */
export function announce(text) {
  status.textContent = text;
}

function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function time(element, value, format) {
  if (value) {
    const date = new Date(value);
    element.dateTime = date.toISOString();
    write(element, format.format(date));
  }
}

function list(element, items) {
  element.replaceChildren(...items.map((item) => {
    const line = document.createElement("li");
    const code = document.createElement("code");
    code.textContent = item.name;
    line.append(code, ` ${item.meaning}`);
    return line;
  }));
}
