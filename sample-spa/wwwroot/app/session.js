// Who is signed in. The server decides: GET /auth/user. A change is sent to the other tabs.
import { call } from "./api.js";

// Milliseconds. The first retry is soon: the event "online" may come before the network works.
const FIRST_RETRY = 1_000;
const LAST_RETRY = 15_000;

// In memory only: a page that is loaded again requests it again.
const state = {
  /** @type {undefined | null | { userId: string, email: string | null, requestedScopes: string[], sessionExpiresAt: string | null }} */
  user: undefined,          // undefined: not known yet; null: signed out
  isOver: false,            // there was a session, and it ended without this page
  connection: null,         // null: good; "offline", "unreachable" or "unavailable"
  failedSignOut: null,      // "unknown": it got no response; "signedIn": and the user is still signed in
};

const changes = new EventTarget();
const tabs = new BroadcastChannel("session");
let latest = 0;             // the outcome of an earlier request is dropped, and so is one from before a sign-out
let retry;
let wait = FIRST_RETRY;

export const session = state;

/** Runs when anything of the session has changed. */
export function onChange(listener) {
  changes.addEventListener("change", listener);
}

/** Requests who is signed in. */
export async function loadUser() {
  const request = ++latest;
  const outcome = await call("/auth/user");
  if (request === latest) {
    apply(outcome);
  }
}

/** Updates the state by the outcome of a call. */
export function apply({ kind, body }) {
  if (kind === "ok" || kind === "signedOut") {
    wait = FIRST_RETRY;
    clearTimeout(retry);
  }

  if (kind === "ok") {
    signedIn(body);
  } else if (kind === "signedOut") {
    change({ user: null, isOver: Boolean(state.user) || state.isOver, connection: null, failedSignOut: null });
  } else {
    fail(kind);
  }
}

/** Keeps what is known, and schedules a retry. */
function fail(kind) {
  change({ connection: kind !== "offline" ? "unavailable" : navigator.onLine ? "unreachable" : "offline" });
  clearTimeout(retry);
  retry = setTimeout(() => document.visibilityState === "visible" && loadUser(), wait);
  wait = Math.min(2 * wait, LAST_RETRY);
}

/** Ends the session. No other site can send this header: it needs a preflight. */
export async function signOut() {
  latest++;
  const { kind } = await call("/auth/logout", { method: "POST", headers: { "X-CSRF": "1" } });
  latest++;
  if (kind === "ok" || kind === "signedOut") {
    signedOut();
    tabs.postMessage({ signedOut: true });
  } else {
    change({ failedSignOut: "unknown" });
  }
}

/** The user has left the page: a session that is over is none, and a sign-out that had no effect is not shown any more. */
export function leavePage() {
  change({ isOver: false, failedSignOut: state.failedSignOut === "signedIn" ? null : state.failedSignOut });
}

function signedIn(user) {
  const isNew = state.user?.userId !== user.userId;
  change({ user, isOver: false, connection: null, failedSignOut: state.failedSignOut && "signedIn" });
  if (isNew) {
    tabs.postMessage({ userId: user.userId });
  }
}

function signedOut() {
  change({ user: null, isOver: false, connection: null, failedSignOut: null });
}

function change(values) {
  if (Object.entries(values).some(([name, value]) => JSON.stringify(state[name]) !== JSON.stringify(value))) {
    Object.assign(state, values);
    changes.dispatchEvent(new Event("change"));
  }
}

tabs.addEventListener("message", ({ data }) => {
  if (data.signedOut) {
    latest++;
    signedOut();
  } else if (data.userId !== state.user?.userId) {
    loadUser();
  }
});

// No message comes when the tab was frozen, or when the session ended without a tab of this browser.
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && loadUser());
window.addEventListener("pageshow", (event) => event.persisted && loadUser());
window.addEventListener("online", () => {
  wait = FIRST_RETRY;
  loadUser();
});
window.addEventListener("offline", () => fail("offline"));
