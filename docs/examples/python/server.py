"""A site with "Login with Binance", on Authlib. BINANCE_SERVER is an emulator: binance-emulator"""

import html
import os
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

PORT = int(os.environ.get("PORT", 3000))
SERVER = os.environ.get("BINANCE_SERVER", "http://localhost:5210")
SITE = f"http://localhost:{PORT}"
SESSIONS = {}


def oauth(**settings):
    return OAuth2Session(
        os.environ.get("BINANCE_CLIENT_ID", "binance-emulator-client"),
        os.environ.get("BINANCE_CLIENT_SECRET", "binance-emulator-secret"),
        token_endpoint_auth_method="client_secret_post",  # Binance takes no HTTP Basic
        code_challenge_method="S256",
        redirect_uri=f"{SITE}/signin-binance",
        scope="user:openId,user:email",  # one text: Authlib joins a list by spaces, Binance by commas
        **settings,
    )


def api(token, method, name):
    """Binance's API responds with an envelope: only this code, with success, is a success."""
    envelope = oauth(token=token).request(method, f"{SERVER}/oauth-api/v1/{name}").json()
    if envelope["code"] != "000000" or not envelope["success"]:
        raise RuntimeError(f"Binance refuses {name}: {envelope['code']}")
    return envelope["data"]


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        session = self.session()
        if url.path == "/login":
            session["verifier"] = generate_token(48)
            address, session["state"] = oauth().create_authorization_url(
                f"{SERVER}/en/oauth/authorize", code_verifier=session["verifier"])
            self.send(303, location=address, session=session)
        elif url.path == "/signin-binance":
            self.sign_in(session, query)
        elif url.path == "/" and "user" in session:
            user = html.escape(session["user"]["userId"])
            self.send(200, f'<p>Signed in as {user}</p><form method="post" action="/logout"><button>Sign out</button></form>')
        else:
            self.send(200 if url.path == "/" else 404, '<a href="/login">Login with Binance</a>')

    def sign_in(self, session, query):
        state = session.pop("state", None)
        if not state or not secrets.compare_digest(state.encode(), query.get("state", "").encode()):
            return self.send(400, '<p>No such sign-in is under way. <a href="/">Back</a></p>')
        if "error" in query:  # access_denied: the user has denied the request
            return self.send(400, '<p>You have cancelled. <a href="/">Back</a></p>')
        token = oauth().fetch_token(f"{SERVER}/oauth/token", code=query["code"], code_verifier=session["verifier"])

        # A new session id, against session fixation.
        SESSIONS.pop(session["id"], None)
        self.send(303, location="/", session=self.begin(user=api(token, "GET", "user-info"), token=token))

    def do_POST(self):
        session = SESSIONS.pop(self.session()["id"], {})
        if "token" in session:
            api(session["token"], "POST", "revoke-token")
        self.send(303, location="/")

    def session(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return SESSIONS.get(cookie.value if cookie else "") or self.begin()

    def begin(self, **values):
        session = {"id": secrets.token_urlsafe(32), **values}
        SESSIONS[session["id"]] = session
        return session

    def send(self, status, body="", location=None, session=None):
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        if location:
            self.send_header("Location", location)
        if session:
            self.send_header("Set-Cookie", f"session={session['id']}; Path=/; HttpOnly; SameSite=Lax")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """The base class logs URLs, which contain codes."""


site = ThreadingHTTPServer(("localhost", PORT), Site)
print(f"Listening on {SITE}", flush=True)
site.serve_forever()
