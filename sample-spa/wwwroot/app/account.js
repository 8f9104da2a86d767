// What Binance's user-info responds at this moment, through this site's own API.
import { call } from "./api.js";
import { apply, session } from "./session.js";

const changes = new EventTarget();

/** @type {null | { kind: "loading" | "known" | "unavailable" | "refused" | "offline", of: string, userId?: string, email?: string, loadedAt?: Date }} */
export let account = null;

export function onChange(listener) {
  changes.addEventListener("change", listener);
}

/** Requests it, unless it is there, or under way. */
export function ensureLoaded() {
  if (account?.of !== session.user.userId || (account.kind === "offline" && session.connection === null)) {
    load();
  }
}

/** Requests it. The outcome is dropped if there was a later request, or if another user is signed in. */
export async function load() {
  const request = { ...account, kind: "loading", of: session.user.userId };
  change(request);
  const outcome = await call("/api/account");
  if (account !== request || session.user?.userId !== request.of) {
    return;
  }

  switch (outcome.kind) {
    case "ok":
      change({ ...outcome.body, kind: "known", of: request.of, loadedAt: new Date() });
      break;
    case "unavailable":
      // 503: Binance does not respond. 502: it does not return the user.
      change({ kind: outcome.status === 502 ? "refused" : "unavailable", of: request.of });
      break;
    case "signedOut":
      change(null);
      apply(outcome);
      break;
    default:
      change({ kind: "offline", of: request.of });
      apply(outcome);
  }
}

/** Removes it after the sign-out. */
export function clear() {
  account = null;
}

function change(value) {
  account = value;
  changes.dispatchEvent(new Event("change"));
}
