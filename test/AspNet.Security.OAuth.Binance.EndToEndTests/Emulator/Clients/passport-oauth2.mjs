// The whole journey with npm's passport-oauth2 in an Express site, which a browser with cookies visits.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OAuth2Strategy from 'passport-oauth2';
import { send, report, server, application } from './journey.mjs';

const app = express();
const listener = app.listen(0, '127.0.0.1');
await new Promise((resolve) => listener.once('listening', resolve));
const site = `http://127.0.0.1:${listener.address().port}`;

const strategy = new OAuth2Strategy(
  {
    authorizationURL: `${server}/en/oauth/authorize`,
    tokenURL: `${server}/oauth/token`,
    clientID: application.clientId,
    clientSecret: application.clientSecret,
    callbackURL: `${site}/signin-binance`,
    scope: ['user:openId', 'user:email'],
    scopeSeparator: ',',
    state: true,
    pkce: true,
  },
  (accessToken, refreshToken, profile, done) => done(null, { id: profile.id, accessToken, refreshToken }),
);
strategy.authorizationParams = ({ choice }) => choice;

// Without this line the token is sent in the query.
strategy._oauth2.useAuthorizationHeaderforGET(true);
strategy.userProfile = (accessToken, done) =>
  strategy._oauth2.get(`${server}/oauth-api/v1/user-info`, accessToken, (error, body) =>
    error ? done(error) : done(null, { id: JSON.parse(body).data.userId }));

passport.use('binance', strategy);
app.use(session({ secret: 'test', resave: false, saveUninitialized: false }));
app.get('/login', (request, response, next) =>
  passport.authenticate('binance', { choice: { ...request.query } })(request, response, next));
app.get('/signin-binance', passport.authenticate('binance', { session: false, failureRedirect: '/refused' }), (request, response) => response.json(request.user));
app.get('/refused', (_, response) => response.status(403).end('refused'));

async function signIn(choice) {
  const login = await fetch(`${site}/login?${choice}`, { redirect: 'manual' });
  const cookie = login.headers.getSetCookie().map((value) => value.split(';')[0]).join('; ');
  return fetch(await send(login.headers.get('location')), { headers: { cookie }, redirect: 'manual' });
}

const refused = await signIn('emulator_decision=deny');
report('refusal', refused.headers.get('location') === '/refused' ? 'access_denied' : refused.status);

const user = await (await signIn(`emulator_user=${application.user}`)).json();
report('user', user.id);

const refreshed = await new Promise((resolve, reject) =>
  strategy._oauth2.getOAuthAccessToken(user.refreshToken, { grant_type: 'refresh_token' }, (error, token) => (error ? reject(error) : resolve(token))));
report('refreshed', refreshed !== user.accessToken);

const revoked = await fetch(`${server}/oauth-api/v1/revoke-token`, { method: 'POST', headers: { authorization: `Bearer ${refreshed}` } });
report('revoked', (await revoked.json()).data);
listener.close();
listener.closeAllConnections();
