// Calls of this site's own endpoints. A call never throws: it returns its outcome.

/**
 * Calls an endpoint of this site.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<{ kind: "ok" | "signedOut" | "refused" | "unavailable" | "offline", status?: number, body?: any }>}
 */
export async function call(path, init = {}) {
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(20_000) });
    if (response.ok) {
      return { kind: "ok", status: response.status, body: response.status === 204 ? null : await response.json() };
    }

    // The server responds with 401 and not with a redirect: a script could not follow one to Binance.
    const kind = response.status === 401 ? "signedOut" : response.status >= 500 ? "unavailable" : "refused";
    return { kind, status: response.status };
  } catch {
    // No connection, or no response in time.
    return { kind: "offline" };
  }
}
