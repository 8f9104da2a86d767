// The whole journey with npm's openid-client: refused, then authorize, code, token, user-info, refresh, revoke.
import * as client from 'openid-client';
import { send, report, server, application } from './journey.mjs';

const config = new client.Configuration(
  {
    issuer: server,
    authorization_endpoint: `${server}/en/oauth/authorize`,
    token_endpoint: `${server}/oauth/token`,
  },
  application.clientId,
  undefined,
  client.ClientSecretPost(application.clientSecret),
);
client.allowInsecureRequests(config);

async function authorize(choice) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: application.redirectUri,
    scope: 'user:openId,user:email',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...choice,
  });
  const callback = new URL(await send(url));
  return client.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier, expectedState: state });
}

const refusal = await authorize({ emulator_decision: 'deny' }).catch((error) => error);
report('refusal', refusal.error);

const tokens = await authorize({ emulator_user: application.user });
const call = async (method, path, token) => {
  const response = await client.fetchProtectedResource(config, token, new URL(path, server), method);
  return (await response.json()).data;
};
report('user', (await call('GET', '/oauth-api/v1/user-info', tokens.access_token)).userId);

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
report('refreshed', refreshed.access_token !== tokens.access_token);
report('revoked', await call('POST', '/oauth-api/v1/revoke-token', refreshed.access_token));
