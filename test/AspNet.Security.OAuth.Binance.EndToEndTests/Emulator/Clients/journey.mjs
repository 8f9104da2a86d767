// What the journeys in Node have in common: where the emulator is, and a browser of three lines.
export const server = process.env.BINANCE_SERVER;

export const application = {
  clientId: 'binance-emulator-client',
  clientSecret: 'binance-emulator-secret',
  redirectUri: 'http://localhost/signin-binance',
  user: '10000000000000000000000000000001',
};

/** Opens the authorize URL as a browser does, and returns where it is sent to. */
export async function send(url) {
  const response = await fetch(url, { redirect: 'manual' });
  return response.headers.get('location') ?? Promise.reject(new Error(`${response.status}: ${await response.text()}`));
}

export const report = (name, value) => console.log(`${name}: ${value}`);
