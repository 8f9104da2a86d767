using AspNet.Security.OAuth.Binance.Emulator.Http;
using AspNet.Security.OAuth.Binance.Emulator.Messages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary><c>POST /oauth/token</c> (W4, W5).</summary>
internal sealed class TokenEndpoint(ClientAuthentication clients, AuthorizationCodeGrant authorizationCode, RefreshTokenGrant refreshToken)
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

        if (call.Body.Length > 0 && !RequestReader.IsForm(call.ContentType))
        {
            return OAuthError.InvalidRequest("The content type of the body is application/x-www-form-urlencoded.");
        }

        // W4 documents both places, so one parameter in both is as ambiguous as one that is there twice.
        var parameters = call.Query.With(call.Form);
        if (parameters.Repeated is not null)
        {
            return OAuthError.InvalidRequest("A parameter is there more than once.");
        }

        if (clients.Authenticate(call, parameters, out var refusal) is not { } client)
        {
            return refusal!;
        }

        return parameters.Text("grant_type") switch
        {
            "authorization_code" => authorizationCode.Handle(client, parameters),
            "refresh_token" => refreshToken.Handle(client, parameters),
            null => OAuthError.InvalidRequest("The grant_type is missing."),
            _ => OAuthError.UnsupportedGrantType("The grant_type is authorization_code or refresh_token."),
        };
    }
}
