// A test that starts the emulator, scripts a fault, and checks the requests: npm test
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, test } from 'node:test';

let emulator;
let server;

before(async () => {
  emulator = spawn('binance-emulator', ['--port', '0', '--auto-approve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(emulator.stdout)) {
    if (line.trim().startsWith('control API')) {
      server = new URL(line.trim().split(/\s+/).pop()).origin;
      return;
    }
  }
  assert.fail('The emulator did not start.');
});

after(async () => {
  emulator.kill('SIGTERM');
  assert.deepEqual(await once(emulator, 'exit'), [0, null]);
});

beforeEach(() => control('POST', '/reset'));

async function control(method, path, body) {
  const response = await fetch(`${server}/emulator/api/v1${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, text);
  return text && JSON.parse(text);
}

// The code under test: it retries a refresh once when Binance is unavailable.
async function refresh(refreshToken) {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: 'binance-emulator-client',
    client_secret: 'binance-emulator-secret',
  });
  const send = () => fetch(`${server}/oauth/token`, { method: 'POST', body });
  const response = await send();
  return response.status === 503 ? send() : response;
}

test('a refresh is retried when Binance is unavailable', async () => {
  const { refreshToken } = await control('POST', '/tokens', {});
  await control('POST', '/faults', { endpoint: 'token', fault: { status: 503 } });

  const response = await refresh(refreshToken);

  assert.equal(response.status, 200);
  const { requests } = await control('GET', '/requests?endpoint=token');
  assert.deepEqual(requests.map(({ grantType, status }) => [grantType, status]), [['refresh_token', 503], ['refresh_token', 200]]);
});

test('a refused refresh is not retried', async () => {
  const response = await refresh('unknown');

  assert.equal((await response.json()).error, 'invalid_grant');
  assert.equal((await control('GET', '/requests?endpoint=token')).count, 1);
});
