// Two routes and the history of the browser.

const routes = ["/", "/account"];
let path = location.pathname;

/** The current route; null if there is no such page. */
export function route() {
  return routes.includes(location.pathname) ? location.pathname : null;
}

/** Where a sign-in that starts here comes back to. */
export function returnUrl() {
  return location.pathname + location.search;
}

/** Handles links to a route without loading the page again. All other links are left to the browser. */
export function start(onRoute) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
      || link.target || link.origin !== location.origin || link.hash || !routes.includes(link.pathname)) {
      return;
    }

    event.preventDefault();
    if (link.href !== location.href) {
      history.pushState(null, "", link.href);
    }

    path = location.pathname;
    scrollTo(0, 0);
    onRoute();
  });

  window.addEventListener("popstate", () => {
    // The skip link changes the fragment only.
    if (path !== location.pathname) {
      path = location.pathname;
      onRoute();
    }
  });
}
