// A site with "Login with Binance", on npm's openid-client. BINANCE_SERVER is an emulator: binance-emulator
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import * as client from 'openid-client';

const port = process.env.PORT ?? 3000;
const server = process.env.BINANCE_SERVER ?? 'http://localhost:5210';
const redirectUri = `http://localhost:${port}/signin-binance`;

const config = new client.Configuration(
  { issuer: server, authorization_endpoint: `${server}/en/oauth/authorize`, token_endpoint: `${server}/oauth/token` },
  process.env.BINANCE_CLIENT_ID ?? 'binance-emulator-client',
  undefined,
  client.ClientSecretPost(process.env.BINANCE_CLIENT_SECRET ?? 'binance-emulator-secret'),
);

// The emulator has no https. Remove this line for Binance.
client.allowInsecureRequests(config);

const sessions = new Map();

const pages = {
  'GET /': (_, session) => page(session.user
    ? `<p>Signed in as ${session.user.userId}</p><form method="post" action="/logout"><button>Sign out</button></form>`
    : '<a href="/login">Login with Binance</a>'),

  'GET /login': async (_, session) => {
    session.state = client.randomState();
    session.verifier = client.randomPKCECodeVerifier();
    return redirect(client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'user:openId,user:email', // Binance separates scopes by commas
      state: session.state,
      code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: 'S256',
    }).href);
  },

  'GET /signin-binance': async (url, session) => {
    const { state, verifier } = session;
    delete session.state;
    if (!state) return page('<p>No sign-in is under way. <a href="/">Back</a></p>', 400);
    const tokens = await client.authorizationCodeGrant(config, url, { expectedState: state, pkceCodeVerifier: verifier });
    const { data } = await api(tokens.access_token, 'GET', 'user-info');

    // A new session id, against session fixation.
    return redirect('/', begin({ user: data, tokens }));
  },

  'POST /logout': async (_, session) => {
    sessions.delete(session.id);
    if (session.tokens) await api(session.tokens.access_token, 'POST', 'revoke-token');
    return redirect('/');
  },
};

// Binance's API responds with an envelope: only this code, with success, is a success.
async function api(token, method, name) {
  const response = await client.fetchProtectedResource(config, token, new URL(`${server}/oauth-api/v1/${name}`), method);
  const envelope = await response.json();
  if (envelope.code !== '000000' || !envelope.success) throw new Error(`Binance refuses ${name}: ${envelope.code}`);
  return envelope;
}

function begin(session) {
  session.id = randomUUID();
  sessions.set(session.id, session);
  return session;
}

const page = (body, status = 200) => ({ status, body: `<!doctype html><title>Login with Binance</title>${body}`, headers: { 'content-type': 'text/html' } });
const redirect = (location, session) => ({ status: 303, body: '', headers: { location }, session });

createServer(async (request, response) => {
  const url = new URL(request.url, redirectUri);
  let session = sessions.get(/(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]) ?? begin({});
  let result;
  try {
    result = await (pages[`${request.method} ${url.pathname}`]?.(url, session) ?? page('Not found', 404));
  } catch (error) {
    // 'access_denied': the user has denied the request. Error descriptions are not displayed: they are untrusted.
    result = page(error.error === 'access_denied' ? '<p>You have cancelled. <a href="/">Back</a></p>' : '<p>The sign-in failed. <a href="/">Back</a></p>', 400);
  }
  if (result.session) sessions.delete(session.id);
  session = result.session ?? session;
  response.writeHead(result.status, { 'set-cookie': `session=${session.id}; Path=/; HttpOnly; SameSite=Lax`, ...result.headers }).end(result.body);
}).listen(port, 'localhost', () => console.log(`Listening on http://localhost:${port}`));
