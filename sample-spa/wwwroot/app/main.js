// Which state the page shows, and what its buttons do.
import * as binance from "./account.js";
import { call } from "./api.js";
import { text, translatePage } from "./language.js";
import { returnUrl, route, start } from "./router.js";
import { leavePage, loadUser, onChange, session, signOut } from "./session.js";
import { announce, fill, place, show } from "./view.js";

translatePage();

const titles = {
  "signed-out": text("Login with Binance"),
  "login-needed": text("Sign in to see your account"),
  "signed-in": text("Welcome"),
  "account": text("Your account"),
  "session-over": text("Your session is over"),
  "unknown": text("One moment, please"),
  "not-found": text("There is no such page"),
};

const news = {
  "signed-out": text("You are signed out."),
  "login-needed": text("You are signed out."),
  "signed-in": text("You are signed in."),
  "account": text("You are signed in."),
  "session-over": text("Your session is over."),
};

// In a strip above the content, which stays.
const problems = {
  offline: {
    heading: text("You are offline."),
    explanation: text("What you see is what was last known. It is looked up again as soon as you are back."),
  },
  unreachable: {
    heading: text("This site does not respond."),
    explanation: text("What you see is what was last known. It is looked up again every few seconds."),
  },
  unavailable: {
    heading: text("This site cannot look up your session at the moment."),
    explanation: text("You are not signed out. It is looked up again every few seconds."),
  },
};

const failedSignOuts = {
  unknown: {
    heading: text("You may still be signed in."),
    explanation: text("The sign-out got no response from this site. Please press “Sign out” again."),
  },
  signedIn: {
    heading: text("You are still signed in."),
    explanation: text("The sign-out had no effect. Please press “Sign out” again."),
  },
};

// Instead of the content, while nothing is known yet.
const unknown = {
  offline: { heading: text("You are offline"), explanation: text("The page is shown as soon as you are back.") },
  unreachable: { heading: text("This site does not respond"), explanation: text("The page is shown as soon as it does. It is tried every few seconds.") },
  unavailable: { heading: text("One moment, please"), explanation: text("This site cannot look up whether you are signed in. It tries every few seconds.") },
};

const meanings = {
  "user:openId": text("to recognise you by your user id"),
  "user:email": text("to read your e-mail address"),
};

const failures = {
  unavailable: {
    heading: text("Binance cannot be reached."),
    explanation: text("It does not respond at the moment, or is overloaded. You are still signed in here: please try again in a few minutes."),
  },
  refused: {
    heading: text("Binance did not say who you are."),
    explanation: text("It may not accept this session any more. Please try again, and if that does not help, sign out and in."),
  },
};

const slots = { loading: "now-loading", known: "now-known", unavailable: "now-unavailable", refused: "now-unavailable", offline: "now-offline" };

const strip = document.getElementById("problem");

function viewName() {
  if (route() === null) {
    return "not-found";
  }

  if (session.user === undefined) {
    return session.connection ? "unknown" : null;
  }

  if (session.isOver) {
    return "session-over";
  }

  return session.user
    ? (route() === "/account" ? "account" : "signed-in")
    : (route() === "/account" ? "login-needed" : "signed-out");
}

let current = null;

function render({ isNavigation = false } = {}) {
  renderNavigation();
  const name = viewName();
  if (name === null) {
    return;
  }

  const user = session.user ?? {};
  const isFirst = current === null;
  const isNew = show(name, {
    ...user,
    ...unknown[session.connection],
    returnUrl: returnUrl(),
    noEmail: !user.email,
    noExpiry: !user.sessionExpiresAt,
    requestedScopes: user.requestedScopes?.map((scope) => ({ name: scope, meaning: meanings[scope] ?? "" })),
  }, isNavigation);
  current = name;

  if (isNew) {
    document.title = `${titles[name]} - ${text("Sample single-page app")}`;
    if (!isNavigation && !isFirst) {
      announce(news[name] ?? "");
    }
  }

  renderProblem(name);
  if (name === "account") {
    renderNow();
    binance.ensureLoaded();
  } else if (!session.user) {
    binance.clear();
  }
}

function renderNavigation() {
  for (const link of document.querySelectorAll(".site-header nav a")) {
    link.ariaCurrent = link.pathname === route() ? "page" : null;
  }
}

function renderProblem(name) {
  const problem = name === "unknown" ? null : failedSignOuts[session.failedSignOut] ?? problems[session.connection];
  const wasHidden = strip.hidden;
  strip.hidden = !problem;
  if (problem) {
    fill(strip, problem);
    strip.querySelector("button").hidden = session.failedSignOut !== null;
    announce(`${problem.heading} ${problem.explanation}`);
  } else if (!wasHidden && name === current) {
    announce(`${text("The connection is back.")} ${news[name] ?? ""}`.trim());
  }
}

function renderNow() {
  const account = binance.account;
  const section = document.querySelector(".now");
  if (!account || !section) {
    return;
  }

  // While a request is under way the earlier result stays, so that the layout does not move.
  const isLoading = account.kind === "loading";
  section.setAttribute("aria-busy", String(isLoading));
  if (!isLoading || !account.loadedAt) {
    place(section.querySelector("[data-slot]"), slots[account.kind], { ...account, ...failures[account.kind] });
  }

  if (account.kind === "unavailable" || account.kind === "refused") {
    announce(failures[account.kind].heading);
  }
}

const actions = {
  "sign-out": signOut,
  "retry": loadUser,
  "reload": binance.load,
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-action]");
  if (button && button.ariaDisabled !== "true") {
    // Not "disabled", by which the button would lose the focus.
    button.ariaDisabled = "true";
    await actions[button.dataset.action]();
    button.ariaDisabled = null;
  }
});

async function showEmulator() {
  const { body } = await call("/api/emulator");
  if (body) {
    const notice = document.getElementById("emulator");
    notice.querySelector("a").href = body.address;
    notice.hidden = false;
  }
}

start(() => {
  leavePage();
  render({ isNavigation: true });
});
render();
await Promise.all([showEmulator(), loadUser()]);
onChange(() => render());
binance.onChange(() => current === "account" && renderNow());
render();
