using System.Text.Json.Nodes;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary><c>GET /oauth-api/v1/user-info</c> (W6).</summary>
internal sealed class UserInfoEndpoint(BearerAuthentication bearer, EmulatorUsers users)
{
    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (!call.Is("GET") && !call.Is("HEAD"))
        {
            return Envelope.Failure(405, BinanceEmulatorDefaults.MethodNotAllowedCode, new EmulatorRefusal("user-info accepts GET and HEAD alone.", "GET or HEAD", call.Method)).With("Allow", "GET, HEAD");
        }

        if (bearer.Authenticate(call, out var refusal) is not { } token)
        {
            return refusal!;
        }

        if (!token.Scopes.Contains("user:openId"))
        {
            return Envelope.Failure(403, BinanceEmulatorDefaults.InsufficientScopeCode, new EmulatorRefusal("The access token lacks the scope user:openId.", "user:openId", string.Join(',', token.Scopes)))
                .With("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"user:openId\"");
        }

        if (users.Find(token.UserId) is not { } user)
        {
            return BearerAuthentication.Refuse(new("The account of the access token was removed.", "a known account", token.UserId));
        }

        var data = new JsonObject { ["userId"] = user.UserId };
        if (user.Email is not null && token.Scopes.Contains("user:email"))
        {
            data["email"] = user.Email;
        }

        return Envelope.Success(data);
    }
}
