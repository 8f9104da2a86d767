// The page of the browser flow: its texts, and what its buttons do.
import { begin, callApi, finish, SignInError, takeResponse } from "./pkce.js";

// First: the address holds a code.
const authorization = takeResponse();

const texts = {
  ready: ["The flow without a server", "Press the button to sign in at the emulator. The token will be in this page, and nowhere else."],
  missing: ["There is no emulator here", "This page runs against the emulator only: in Development, when no credentials are set."],
  busy: ["The flow without a server", "Exchanging the code for a token…"],
  signedIn: ["You are signed in, in this page", "Other tabs do not have the token. It is lost when the page is loaded again."],
  revoked: ["The token is revoked", "It is not valid any more, and this page has deleted it."],
  cancelled: ["Sign-in cancelled", "You cancelled. Nothing was shared with this page."],
  state: ["That response is not for this page", "The state in the address is not the one that this page made. It may come from a link with the sign-in of another user. It was not used."],
  network: ["The authorization server cannot be read", "It may be out of reach, or it does not allow this site’s scripts (CORS). A script cannot find out which."],
  notRevoked: ["The token is not revoked", "The authorization server did not respond, or did not accept the request. Please try again."],
  refused: ["The authorization server refused", "The code may have been used before, or be too old. Please try again."],
};

const $ = (id) => document.getElementById(id);
let settings = null;
let token = null;           // in memory only

function show(name) {
  const [heading, explanation] = texts[name];
  $("heading").textContent = heading;
  $("explanation").textContent = explanation;
  document.title = `${heading} - Sample single-page app`;
  $("user").hidden = token === null;
  $("revoke").hidden = token === null;
  $("sign-in").hidden = token !== null || settings === null || name === "busy";
}

// Shows a text for each failure.
async function attempt(action, failure) {
  try {
    await action();
  } catch (error) {
    show(failure ?? (error instanceof SignInError ? error.reason : "network"));
  }
}

async function signIn() {
  show("busy");
  const tokens = await finish(authorization, settings);
  const user = await callApi(settings.userInformationEndpoint, tokens.access_token);
  token = tokens.access_token;
  $("user-id").textContent = user.userId;
  $("email").textContent = user.email ?? "Binance gave no e-mail address.";
  $("expires").textContent = `In a variable of this page, for ${duration(tokens.expires_in)} at most`;
  show("signedIn");
}

function duration(seconds) {
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

async function revoke() {
  await callApi(settings.revocationEndpoint, token, "POST");
  token = null;
  show("revoked");
  $("heading").focus();
}

$("sign-in").addEventListener("click", () => attempt(() => begin(settings)));
$("revoke").addEventListener("click", () => attempt(revoke, "notRevoked"));

await attempt(async () => {
  const response = await fetch("/api/emulator");
  if (response.status !== 200) {
    show("missing");
    return;
  }

  settings = await response.json();
  await (authorization ? signIn() : show("ready"));
});
