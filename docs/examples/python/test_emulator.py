"""A test that starts the emulator, scripts a fault, and checks the requests: python3 -m unittest"""

import json
import subprocess
import unittest
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


def refresh(server, refresh_token):
    """The code under test: it retries a refresh once when Binance is unavailable."""
    form = urlencode({
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": "binance-emulator-client",
        "client_secret": "binance-emulator-secret",
    }).encode()
    try:
        return urlopen(f"{server}/oauth/token", form)
    except HTTPError as error:
        if error.code != 503:
            raise
        return urlopen(f"{server}/oauth/token", form)


class RefreshTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = subprocess.Popen(["binance-emulator", "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        line = next((line for line in cls.emulator.stdout if "control API" in line), None)
        assert line, "The emulator did not start."
        cls.api = line.split()[-1]
        cls.server = cls.api.removesuffix("/emulator/api/v1")

    @classmethod
    def stop(cls):
        cls.emulator.terminate()
        cls.emulator.communicate()
        assert cls.emulator.returncode == 0, cls.emulator.returncode

    def setUp(self):
        self.control("POST", "/reset")

    def control(self, method, path, body=None):
        request = Request(self.api + path, method=method, headers={"Content-Type": "application/json"} if body is not None else {})
        with urlopen(request, None if body is None else json.dumps(body).encode()) as response:
            text = response.read()
        return json.loads(text) if text else None

    def test_refresh_is_retried_when_binance_is_unavailable(self):
        tokens = self.control("POST", "/tokens", {})
        self.control("POST", "/faults", {"endpoint": "token", "fault": {"status": 503}})

        self.assertEqual(200, refresh(self.server, tokens["refreshToken"]).status)

        requests = self.control("GET", "/requests?endpoint=token")["requests"]
        self.assertEqual([503, 200], [request["status"] for request in requests])
        self.assertEqual(["refresh_token"] * 2, [request["grantType"] for request in requests])

    def test_refused_refresh_is_not_retried(self):
        with self.assertRaises(HTTPError) as refusal:
            refresh(self.server, "unknown")

        self.assertEqual("invalid_grant", json.load(refusal.exception)["error"])
        self.assertEqual(1, self.control("GET", "/requests?endpoint=token")["count"])


if __name__ == "__main__":
    unittest.main()
