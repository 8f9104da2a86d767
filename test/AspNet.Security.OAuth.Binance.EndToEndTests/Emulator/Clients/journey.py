"""What the journeys in Python have in common: where the emulator is, and a browser of three lines."""

import os

import requests

SERVER = os.environ["BINANCE_SERVER"]

APPLICATION = {
    "client_id": "binance-emulator-client",
    "client_secret": "binance-emulator-secret",
    "redirect_uri": "http://localhost/signin-binance",
    "user": "10000000000000000000000000000001",
}


def send(url):
    """Opens the authorize URL as a browser does, and returns where it is sent to."""
    response = requests.get(url, allow_redirects=False)
    assert response.is_redirect, response.text
    return response.headers["location"]


def report(name, value):
    print(f"{name}: {str(value).lower() if isinstance(value, bool) else value}", flush=True)
