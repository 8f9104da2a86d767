using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary><c>POST /oauth/token</c> (W4, W5).</summary>
internal sealed class TokenEndpoint(ClientAuthentication clients, params IReadOnlyList<IGrantType> grantTypes)
{
    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (!call.Is("POST"))
        {
            return OAuthError.Create(405, "invalid_request", "The token endpoint takes POST.").With("Allow", "POST");
        }

        if (call.Defect is { Body: var defect, Status: var status })
        {
            return OAuthError.Create(status, "invalid_request", defect);
        }

        if (call.Body.Length > 0 && !call.IsForm)
        {
            return OAuthError.InvalidRequest("The content type of the body is application/x-www-form-urlencoded.");
        }

        // W4 documents both places: the same parameter in both is as ambiguous as a repeated one.
        var parameters = call.Query.With(call.Form);
        if (parameters.Repeated is not null)
        {
            return OAuthError.InvalidRequest("A parameter is there more than once.");
        }

        if (clients.Authenticate(call, parameters, out var refusal) is not { } client)
        {
            return refusal!;
        }

        if (parameters.Text("grant_type") is not { } name)
        {
            return OAuthError.InvalidRequest("The grant_type is missing.");
        }

        return grantTypes.FirstOrDefault(grantType => grantType.Name == name) is { } found
            ? found.Handle(client, parameters)
            : OAuthError.UnsupportedGrantType($"The grant_type is {string.Join(" or ", grantTypes.Select(grantType => grantType.Name))}.");
    }
}
