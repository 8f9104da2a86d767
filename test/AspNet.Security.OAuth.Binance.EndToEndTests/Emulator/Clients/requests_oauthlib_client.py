"""The whole journey with Debian's python3-requests-oauthlib: refused, then authorize, code, token, user-info, refresh, revoke."""

import base64
import hashlib
import os
import secrets

# Plain http, and a 'scope' in the response that does not repeat the request's: both are errors to oauthlib otherwise.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"

from oauthlib.oauth2 import AccessDeniedError  # noqa: E402
from requests_oauthlib import OAuth2Session  # noqa: E402

from journey import APPLICATION, SERVER, report, send  # noqa: E402


def authorize(**choice):
    session = OAuth2Session(APPLICATION["client_id"], redirect_uri=APPLICATION["redirect_uri"], scope="user:openId,user:email")
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    url, _ = session.authorization_url(
        f"{SERVER}/en/oauth/authorize", code_challenge=challenge, code_challenge_method="S256", **choice)
    session.fetch_token(
        f"{SERVER}/oauth/token",
        authorization_response=send(url),
        client_secret=APPLICATION["client_secret"],
        include_client_id=True,
        code_verifier=verifier,
    )
    return session


try:
    authorize(emulator_decision="deny")
except AccessDeniedError as error:
    report("refusal", error.error)

session = authorize(emulator_user=APPLICATION["user"])
report("user", session.get(f"{SERVER}/oauth-api/v1/user-info").json()["data"]["userId"])

before = session.token["access_token"]
session.refresh_token(
    f"{SERVER}/oauth/token", client_id=APPLICATION["client_id"], client_secret=APPLICATION["client_secret"])
report("refreshed", session.token["access_token"] != before)
report("revoked", session.post(f"{SERVER}/oauth-api/v1/revoke-token").json()["data"])
