"""The whole journey with Debian's python3-authlib: refused, then authorize, code, token, user-info, refresh, revoke."""

from urllib.parse import parse_qs, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from journey import APPLICATION, SERVER, report, send


def authorize(**choice):
    session = OAuth2Session(
        APPLICATION["client_id"],
        APPLICATION["client_secret"],
        scope="user:openId,user:email",
        redirect_uri=APPLICATION["redirect_uri"],
        token_endpoint_auth_method="client_secret_post",
        code_challenge_method="S256",
    )
    verifier = generate_token(48)
    url, state = session.create_authorization_url(f"{SERVER}/en/oauth/authorize", code_verifier=verifier, **choice)
    callback = send(url)

    # The library looks for a code only. A refusal is the application's to see.
    if error := parse_qs(urlsplit(callback).query).get("error"):
        raise OAuthError(error[0])
    session.fetch_token(f"{SERVER}/oauth/token", authorization_response=callback, state=state, code_verifier=verifier)
    return session


try:
    authorize(emulator_decision="deny")
except OAuthError as error:
    report("refusal", error.error)

session = authorize(emulator_user=APPLICATION["user"])
report("user", session.get(f"{SERVER}/oauth-api/v1/user-info").json()["data"]["userId"])

before = session.token["access_token"]
session.refresh_token(f"{SERVER}/oauth/token", refresh_token=session.token["refresh_token"])
report("refreshed", session.token["access_token"] != before)
report("revoked", session.post(f"{SERVER}/oauth-api/v1/revoke-token").json()["data"])
