using System.Text.Json.Nodes;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary><c>GET /oauth-api/v1/user-info</c> (W6).</summary>
internal sealed class UserInfoEndpoint(BearerAuthentication bearer, EmulatorUsers users)
{
    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (!call.Is("GET"))
        {
            return Envelope.Failure(405, BinanceEmulatorDefaults.MethodNotAllowedCode, "user-info is a GET.").With("Allow", "GET");
        }

        if (bearer.Authenticate(call, out var refusal) is not { } token)
        {
            return refusal;
        }

        if (!token.Scopes.Contains("user:openId"))
        {
            return Envelope.Failure(403, BinanceEmulatorDefaults.InsufficientScopeCode, "The access token lacks the scope user:openId.")
                .With("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"user:openId\"");
        }

        if (users.Find(token.UserId) is not { } user)
        {
            return refusal;
        }

        var data = new JsonObject { ["userId"] = user.UserId };
        if (user.Email is not null && token.Scopes.Contains("user:email"))
        {
            data["email"] = user.Email;
        }

        return Envelope.Success(data);
    }
}
