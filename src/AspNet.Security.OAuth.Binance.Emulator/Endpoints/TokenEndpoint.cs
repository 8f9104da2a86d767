using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary><c>POST /oauth/token</c> (W4, W5).</summary>
internal sealed class TokenEndpoint(ClientAuthentication clients, GrantTypes grantTypes)
{
    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (!call.Is("POST"))
        {
            return OAuthError.Create(405, "invalid_request", new("The token endpoint accepts POST alone.", "POST", call.Method)).With("Allow", "POST");
        }

        if (call.Defect is { Body: var defect, Status: var status })
        {
            return OAuthError.Create(status, "invalid_request", new(defect));
        }

        if (call.Body.Length > 0 && !call.IsForm)
        {
            return OAuthError.InvalidRequest(new("The body must be a form.", "application/x-www-form-urlencoded", call.ContentType));
        }

        // W4 documents both places: the same parameter in both is as ambiguous as a repeated one.
        var parameters = call.Query.With(call.Form);
        if (parameters.Repeated is { } repeated)
        {
            return OAuthError.InvalidRequest(new("A parameter is repeated.", "each parameter once", repeated));
        }

        if (clients.Authenticate(call, parameters, out var refusal) is not { } client)
        {
            return refusal!;
        }

        if (parameters.Text("grant_type") is not { } name)
        {
            return OAuthError.InvalidRequest(new("The grant_type is missing.", grantTypes.Names));
        }

        return grantTypes.Find(name) is { } found
            ? found.Handle(client, parameters)
            : OAuthError.UnsupportedGrantType(new($"The grant_type must be {grantTypes.Names}.", grantTypes.Names, name));
    }
}
