// The page of the browser flow: its texts, and what its buttons do.
import { language, text, translatePage } from "/app/language.js";
import { begin, callApi, finish, SignInError, takeResponse } from "./pkce.js";

// First: the address holds a code.
const authorization = takeResponse();

translatePage();

const texts = {
  ready: [text("The flow without a server"), text("Press the button to sign in at the emulator. The token will be in this page, and nowhere else.")],
  missing: [text("There is no emulator here"), text("This page runs against the emulator only: in Development, when no credentials are set.")],
  busy: [text("The flow without a server"), text("Exchanging the code for a token…")],
  signedIn: [text("You are signed in, in this page"), text("Other tabs do not have the token. It is lost when the page is loaded again.")],
  revoked: [text("The token is revoked"), text("It is not valid any more, and this page has deleted it.")],
  cancelled: [text("Sign-in cancelled"), text("You cancelled. Nothing was shared with this page.")],
  state: [text("That response is not for this page"), text("The state in the address is not the one that this page made. It may come from a link with the sign-in of another user. It was not used.")],
  network: [text("The authorization server cannot be read"), text("It may be out of reach, or it does not allow this site’s scripts (CORS). A script cannot find out which.")],
  notRevoked: [text("The token is not revoked"), text("The authorization server did not respond, or did not accept the request. Please try again.")],
  refused: [text("The authorization server refused"), text("The code may have been used before, or be too old. Please try again.")],
};

const $ = (id) => document.getElementById(id);
let settings = null;
let token = null;           // in memory only

function show(name) {
  const [heading, explanation] = texts[name];
  $("heading").textContent = heading;
  $("explanation").textContent = explanation;
  document.title = `${heading} - ${text("Sample single-page app")}`;
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
  $("email").textContent = user.email ?? text("Binance gave no e-mail address.");
  $("expires").textContent = text("In a variable of this page, for {0} at most", duration(tokens.expires_in));
  show("signedIn");
}

function duration(seconds) {
  return seconds < 7200 ? text("{0} minutes", Math.round(seconds / 60)) : text("{0} hours", Math.round(seconds / 3600));
}

async function revoke() {
  await callApi(settings.revocationEndpoint, token, "POST");
  token = null;
  show("revoked");
  $("heading").focus();
}

$("sign-in").addEventListener("click", () => attempt(() => begin(settings, language)));
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
