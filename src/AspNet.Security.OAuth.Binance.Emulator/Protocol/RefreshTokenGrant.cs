using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary><c>grant_type=refresh_token</c> (W5; RFC 6749 section 6).</summary>
internal sealed class RefreshTokenGrant(TokenStore tokens) : IGrantType
{
    public string Name => "refresh_token";

    public EmulatorResponse Handle(EmulatorClient client, EmulatorParameters parameters)
    {
        if (parameters.Text("refresh_token") is not { } value)
        {
            return OAuthError.InvalidRequest("The refresh_token is missing.");
        }

        IReadOnlyList<string>? scopes = null;
        if (parameters.Text("scope") is { } scope && !ScopeList.TryParse(scope, out scopes))
        {
            return OAuthError.InvalidScope("The scope is a list joined by commas, without blanks and repetitions.");
        }

        if (tokens.Refresh(value, client.ClientId, scopes, out var widened) is { } issued)
        {
            return TokenResponse.Create(issued);
        }

        return widened
            ? OAuthError.InvalidScope("A refresh cannot ask for more than was granted.")
            : OAuthError.InvalidGrant("The refresh_token is unknown, used, revoked, or another client's.");
    }
}
