// The authorization code flow of a public client, with PKCE (RFC 7636) and a state (RFC 6749 section 10.12).

const KEY = "binance-sign-in";

/** Why there is no token: "cancelled", "state", "network" or "refused". */
export class SignInError extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Reads the response of the authorization server and what was stored for it, and removes both: from the address, so that the code is in
 * no history, bookmark or Referer, and from the storage, so that a state is accepted once.
 */
export function takeResponse() {
  const parameters = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (!["code", "state", "error"].some((name) => parameters.has(name))) {
    return null;
  }

  history.replaceState(null, "", location.pathname);
  return { parameters, stored: stored && JSON.parse(stored) };
}

/** Redirects to the authorization server, whose pages are in the language that is a segment of the address. */
export async function begin(settings, language) {
  const verifier = randomText();
  const state = randomText();
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, JSON.stringify({ state, verifier }));
  const request = new URL(settings.authorizationEndpoint.replace("/en/", `/${language}/`));
  request.search = new URLSearchParams({
    response_type: "code",
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: "user:openId,user:email",
    state,
    code_challenge: base64Url(new Uint8Array(hash)),
    code_challenge_method: "S256",
  });
  location.assign(request);
}

/** Exchanges the code of a response for tokens. */
export async function finish({ parameters, stored }, settings) {
  // Before the error is read: a link with an error can come from anywhere.
  if (!stored || parameters.get("state") !== stored.state) {
    throw new SignInError("state");
  }

  if (parameters.get("error") === "access_denied") {
    throw new SignInError("cancelled");
  }

  if (!parameters.get("code")) {
    throw new SignInError("refused");
  }

  const response = await send(settings.tokenEndpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: parameters.get("code"),
      client_id: settings.clientId,
      redirect_uri: settings.redirectUri,
      code_verifier: stored.verifier,
    }),
  });
  if (!response.access_token) {
    throw new SignInError("refused");
  }

  return response;
}

/** Calls an API with the token. The envelope tells whether the call succeeded. */
export async function callApi(url, token, method = "GET") {
  const { code, success, data } = await send(url, { method, headers: { Authorization: `Bearer ${token}` } });
  if (code !== "000000" || success !== true || !data) {
    throw new SignInError("refused");
  }

  return data;
}

async function send(url, init) {
  let response;
  try {
    response = await fetch(url, { ...init, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" });
  } catch {
    // A script cannot distinguish a network failure from a CORS refusal.
    throw new SignInError("network");
  }

  try {
    return await response.json();
  } catch {
    throw new SignInError("refused");
  }
}

// 32 bytes: 43 characters, the minimum for a verifier (RFC 7636 section 4.1).
function randomText() {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64Url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
