#!/usr/bin/env bash
# Every command of Binance's document, with curl: code for tokens in the query and as a form, refresh both ways, PKCE, user-info, revoke.
# The two hosts of the document are one server here. bash and curl are all that it needs.
set -euo pipefail
server=$BINANCE_SERVER
redirect_uri=http%3A%2F%2Flocalhost%2Fsignin-binance
client='client_id=binance-emulator-client&client_secret=binance-emulator-secret'
user=10000000000000000000000000000001

field() { sed -n "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p"; }
authorize() { curl -sS -o /dev/null -w '%{redirect_url}' "$server/en/oauth/authorize?response_type=code&redirect_uri=$redirect_uri&scope=user:openId,create:apikey&$1"; }
code() { authorize "client_id=binance-emulator-client&state=377f36a4557ab5935b36&emulator_user=$user" | sed -n 's/.*[?&]code=\([^&]*\).*/\1/p'; }

echo "refusal: $(authorize "client_id=binance-emulator-client&state=1&emulator_decision=deny" | sed -n 's/.*[?&]error=\([^&]*\).*/\1/p')"

# 1, step 4: code for tokens, in the query and as a form.
tokens=$(curl -sS -X POST "$server/oauth/token?$client&grant_type=authorization_code&code=$(code)&redirect_uri=$redirect_uri")
echo "code in the query: $(field token_type <<<"$tokens")"
tokens=$(curl -sS "$server/oauth/token" -X POST -d "$client&grant_type=authorization_code&code=$(code)&redirect_uri=$redirect_uri")
echo "code in a form: $(field token_type <<<"$tokens")"

# The refresh, in the query and as a form.
tokens=$(curl -sS -X POST "$server/oauth/token?$client&grant_type=refresh_token&refresh_token=$(field refresh_token <<<"$tokens")")
echo "refresh in the query: $(field token_type <<<"$tokens")"
tokens=$(curl -sS "$server/oauth/token" -X POST -d "$client&grant_type=refresh_token&refresh_token=$(field refresh_token <<<"$tokens")")
echo "refresh in a form: $(field token_type <<<"$tokens")"

# The API calls.
echo "user: $(curl -sS "$server/oauth-api/v1/user-info" --header "Authorization: Bearer $(field access_token <<<"$tokens")" | field userId)"
echo "revoked: $(curl -sS --request POST "$server/oauth-api/v1/revoke-token" --header "Authorization: Bearer $(field access_token <<<"$tokens")" | field data)"

# 2, PKCE: the verifier and the challenge of RFC 7636, appendix B, and a client without a secret.
public='client_id=binance-emulator-public-client'
callback=$(authorize "$public&state=1&emulator_user=$user&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256")
code=$(sed -n 's/.*[?&]code=\([^&]*\).*/\1/p' <<<"$callback")
tokens=$(curl -sS "$server/oauth/token" -X POST -d "$public&grant_type=authorization_code&code=$code&redirect_uri=$redirect_uri&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
echo "code with PKCE: $(field token_type <<<"$tokens")"
