using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary><c>grant_type=authorization_code</c> (W4; RFC 6749 section 4.1.3).</summary>
internal sealed class AuthorizationCodeGrant(CodeStore codes, TokenStore tokens, EmulatorClock clock) : IGrantType
{
    // Checking a code, issuing its tokens and revoking them after a replay are atomic. Otherwise a replay between the check and the issue
    // would find no tokens to revoke.
    private readonly Lock _lock = new();

    public string Name => "authorization_code";

    public string Heading => "Token for a code";

    public bool BeginsSession => true;

    public EmulatorResponse Handle(EmulatorClient client, EmulatorParameters parameters)
    {
        if (parameters.Text("code") is not { } value)
        {
            return OAuthError.InvalidRequest(new("The code is missing."));
        }

        if (parameters.Text("redirect_uri") is not { } redirectUri)
        {
            return OAuthError.InvalidRequest(new("The redirect_uri is missing.", "the redirect_uri of the authorize request"));
        }

        if (parameters.Text("code_verifier") is { } verifier && !ProofKey.IsVerifier(verifier))
        {
            return OAuthError.InvalidRequest(new("A code_verifier must be 43 to 128 unreserved characters (RFC 7636 section 4.1).", "43 to 128 characters", Secret.Shorten(verifier)));
        }

        lock (_lock)
        {
            return Redeem(client, value, redirectUri, parameters.Text("code_verifier"));
        }
    }

    public Grant? FindGrant(EmulatorParameters parameters) => parameters.Text("code") is { } code ? codes.GrantOf(code) : null;

    private EmulatorResponse Redeem(EmulatorClient client, string value, string redirectUri, string? verifier)
    {
        // Removed before it is checked: a failed attempt spends the code, so that an attacker cannot try again.
        if (codes.Take(value, out var replayed) is not { } code)
        {
            if (replayed is null)
            {
                return OAuthError.InvalidGrant(tokens.ExplainCode(value, codes.HasRemovedOldest));
            }

            // A replay: somebody other than the client may have the code (RFC 6749 section 4.1.2).
            tokens.Revoke(replayed, "Code used twice");
            return OAuthError.InvalidGrant(new("The code was used before. The tokens that were issued for it are revoked."));
        }

        return Refusal(code, client, redirectUri, verifier) is { } reason
            ? OAuthError.InvalidGrant(reason)
            : TokenResponse.Create(tokens.Issue(code.Grant));
    }

    private EmulatorRefusal? Refusal(AuthorizationCode code, EmulatorClient client, string redirectUri, string? verifier)
    {
        var now = clock.GetUtcNow();
        if (now >= code.ExpiresAt)
        {
            return TokenRefusal.Expired("code", code.ExpiresAt, now);
        }

        if (code.Grant.ClientId != client.ClientId)
        {
            return TokenRefusal.OfAnotherClient("code", code.Grant, client.ClientId);
        }

        if (code.RedirectUri != redirectUri)
        {
            return new("The redirect_uri differs from that of the authorize request.", code.RedirectUri, redirectUri);
        }

        return (code.CodeChallenge, verifier) switch
        {
            (null, null) => null,

            // PKCE downgrade: an attacker could otherwise strip the challenge from the authorize request (RFC 9700 section 4.8.2).
            (null, _) => new("The request has a code_verifier, but the authorize request had no code_challenge.", "no code_verifier", Secret.Shorten(verifier)),
            (_, null) => new("The code_verifier is missing.", $"the code_verifier of the code_challenge {Secret.Shorten(code.CodeChallenge)}"),
            var (challenge, given) => ProofKey.Matches(given, challenge)
                ? null
                : new(
                    "The code_verifier does not match the code_challenge.",
                    $"the code_challenge {Secret.Shorten(challenge)}",
                    $"a code_verifier with the code_challenge {Secret.Shorten(ProofKey.ChallengeOf(given))}"),
        };
    }
}
