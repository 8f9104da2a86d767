// Keeps the status page up to date. Without this script it is as it was when it was loaded.
(() => {
  "use strict";

  const live = document.getElementById("live");
  const news = document.getElementById("news");
  const connection = document.getElementById("connection");
  const subtitle = connection.textContent;
  let events;
  let state;
  let isStale = false;
  let isLoading = false;
  let isPressed = false;

  // One load at a time, and one in half a second. None while nobody sees it.
  async function refresh() {
    isStale = true;
    if (isLoading) {
      return;
    }

    isLoading = true;
    while (isStale && !isPressed && !document.hidden) {
      isStale = false;
      await load();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }

    isLoading = false;
  }

  async function load() {
    let words = "not connected";
    try {
      const response = await fetch(live.dataset.content);
      const markup = await response.text();
      isStale ||= isPressed;
      if (response.ok && !isPressed) {
        show(markup);
      }

      words = !response.ok ? `not up to date (${response.status})` : events?.readyState === EventSource.OPEN ? "live" : words;
    } catch {
      // The emulator has stopped. The events say when it is there again.
    }

    if (words !== state && !document.hidden) {
      connection.textContent = `${subtitle} · ${words}`;
      news.textContent = state ? `This page is ${words}.` : "";
      state = words;
    }
  }

  function show(markup) {
    const content = document.createElement("template");
    content.innerHTML = markup;
    for (const opened of live.querySelectorAll("details[open]")) {
      content.content.getElementById(opened.id)?.setAttribute("open", "");
    }

    announce([...content.content.querySelectorAll(".steps > .refused")].filter((step) => !document.getElementById(step.id)));
    const top = (element) => element.getBoundingClientRect().top;
    const read = scrollY > 0 && [...live.querySelectorAll("[id]")].find((element) => top(element) >= 0);
    const before = read && top(read);
    const focused = document.activeElement;
    renewChildren(live, content.content);
    if (!focused.isConnected) {
      document.getElementById(focused.id)?.focus({ preventScroll: true });
    }

    const after = read && document.getElementById(read.id);
    if (after && top(after) !== before) {
      scrollBy(0, top(after) - before);
    }
  }

  function announce(steps) {
    if (steps.length > 0) {
      const [purpose, why] = ["b", ".why p"].map((selector) => steps[0].querySelector(selector)?.textContent ?? "");
      news.textContent = `${steps.length} new request${steps.length === 1 ? "" : "s"}, refused: ${purpose}. ${why}`;
    }
  }

  const isList = (element) => element.children.length > 0 && [...element.children].every((child) => child.id);
  const isSelected = (element) => !getSelection().isCollapsed && getSelection().containsNode(element, true);
  const isInUse = (element) => element.contains(document.activeElement) || isSelected(element);

  // What is equal stays, and what holds the selection stays as it is until that is released.
  function renew(old, fresh) {
    if (isList(old) && isList(fresh)) {
      renewChildren(old, fresh);
    } else if (!old.isEqualNode(fresh) && !isSelected(old)) {
      old.replaceWith(fresh);
    }
  }

  // To move an element takes the focus, the selection and the scroll position from it: the others move around one in use.
  function renewChildren(old, fresh) {
    const wanted = new Set([...fresh.children].map((child) => child.id));
    const kept = new Map([...old.children].map((child) => [child.id, child]));
    kept.forEach((child, id) => wanted.has(id) || isInUse(child) || child.remove());
    let next = old.firstElementChild;
    for (const child of [...fresh.children]) {
      const same = kept.get(child.id);
      if (same === next || (same && isInUse(same))) {
        next = same.nextElementSibling;
      } else {
        old.insertBefore(same ?? child, next);
      }

      if (same) {
        renew(same, child);
      }
    }
  }

  // Over HTTP/1.1 a browser has six connections to a server for all its tabs. A hidden one holds none.
  function connect() {
    events?.close();
    if (!document.hidden) {
      events = new EventSource(live.dataset.events);
      events.onopen = events.onmessage = events.onerror = refresh;
    }
  }

  // A click is lost when its element is replaced between the press and the release.
  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
    addEventListener(type, (event) => {
      const wasPressed = isPressed;
      isPressed = event.buttons !== 0;
      if (wasPressed && !isPressed && isStale) {
        setTimeout(refresh, 100);
      }
    });
  }

  // What a button did is not what a reload does.
  if (document.getElementById("done")) {
    history.replaceState(null, "", location.pathname);
  }

  document.addEventListener("visibilitychange", connect);
  connect();

  // The clock, and what a script has changed without a request. A refused connection is not opened again by itself.
  setInterval(() => events?.readyState === EventSource.CLOSED ? connect() : refresh(), 5000);
})();
