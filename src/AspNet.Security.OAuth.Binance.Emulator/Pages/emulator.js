// Updates the status page. Without this script the page does not change after it was loaded.
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

  // One load at a time, at most one in half a second, and none while the page is hidden.
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
      // The emulator has stopped. The event stream reconnects when it runs again.
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

  // Equal elements are kept, and those with the selection do not change until it is released.
  function renew(old, fresh) {
    if (isList(old) && isList(fresh)) {
      renewChildren(old, fresh);
    } else if (!old.isEqualNode(fresh) && !isSelected(old)) {
      old.replaceWith(fresh);
    }
  }

  // Moving an element loses its focus, selection and scroll position, so that the other elements are moved around one in use.
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

  // Over HTTP/1.1 a browser has six connections to a server for all tabs. A hidden tab uses none.
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

  // A reload must not show the confirmation again.
  if (document.getElementById("done")) {
    history.replaceState(null, "", location.pathname);
  }

  document.addEventListener("visibilitychange", connect);
  connect();

  // Updates the clock, and changes by the control API. EventSource does not reconnect after a refused connection.
  setInterval(() => events?.readyState === EventSource.CLOSED ? connect() : refresh(), 5000);
})();
