using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary><c>grant_type=refresh_token</c> (W5; RFC 6749 section 6).</summary>
internal sealed class RefreshTokenGrant(TokenStore tokens) : IGrantType
{
    public string Name => "refresh_token";

    public string Heading => "Refresh";

    public bool BeginsSession => false;

    public EmulatorResponse Handle(EmulatorClient client, EmulatorParameters parameters)
    {
        if (parameters.Text("refresh_token") is not { } value)
        {
            return OAuthError.InvalidRequest(new("The refresh_token is missing."));
        }

        IReadOnlyList<string>? scopes = null;
        if (parameters.Text("scope") is { } scope && !ScopeList.TryParse(scope, out scopes))
        {
            return OAuthError.InvalidScope(new(ScopeList.Rule, ScopeList.Example, scope));
        }

        if (tokens.Refresh(value, client.ClientId, scopes, out var reason) is { } issued)
        {
            return TokenResponse.Create(issued);
        }

        return reason is null
            ? OAuthError.InvalidScope(new("A refresh cannot request more than was granted.", string.Join(',', tokens.GrantOf(value)?.Scopes ?? []), string.Join(',', scopes!)))
            : OAuthError.InvalidGrant(reason);
    }

    public Grant? FindGrant(EmulatorParameters parameters) => parameters.Text("refresh_token") is { } value ? tokens.GrantOf(value) : null;
}
