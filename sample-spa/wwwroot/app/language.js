// The language of the page: English or Turkish, whichever the browser prefers, as on the server's page of a failed sign-in.
import { turkish } from "./turkish.js";

export const language = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((name) => ["en", "tr"].includes(name)) ?? "en";

/** Returns a text in the language of the page. The key of a text is its English wording; {0} is its first value. */
export function text(english, ...values) {
  if (language === "tr" && !(english in turkish)) {
    console.warn(`There is no Turkish text for: ${english}`);
  }

  return ((language === "tr" && turkish[english]) || english).replace(/\{(\d)\}/g, (placeholder, index) => values[index] ?? placeholder);
}

/** Translates the page, of which the markup is in English, with its templates. */
export function translatePage() {
  document.documentElement.lang = language;
  if (language !== "en") {
    translate(document);
  }
}

function translate(root) {
  for (const element of root.querySelectorAll(":not(code, noscript, script, [translate=no])")) {
    if (element.localName === "template") {
      translate(element.content);
    }

    if (element.ariaLabel) {
      element.ariaLabel = text(element.ariaLabel);
    }

    if ([...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) {
      translateSentence(element);
    }
  }
}

// A sentence with elements is one text, in which {0} is the first of them. They keep their content.
function translateSentence(element) {
  const elements = [...element.children];
  const english = [...element.childNodes].map((node) => node.data ?? `{${elements.indexOf(node)}}`).join("").replace(/\s+/g, " ").trim();
  element.replaceChildren(...text(english).split(/\{(\d)\}/).map((part, index) => (index % 2 ? elements[part] : part)));
}
