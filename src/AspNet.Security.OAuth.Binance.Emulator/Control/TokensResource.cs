using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The live tokens.</summary>
internal sealed class TokensResource(EmulatorTokens tokens)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/tokens", _ => List()),
            ControlRoute.Post("/tokens", Issue),
            ControlRoute.Post("/tokens/expire", Expire),
            ControlRoute.Post("/tokens/revoke", Revoke),
            ControlRoute.Post("/tokens/api-key", CreateApiKey),
        ];

    private static ControlResponse Unknown => ControlResponse.Error(404, "There is no such live token.");

    private ControlResponse List() => ControlResponse.Ok(
        new TokensJson([.. tokens.AccessTokens.Select(AccessTokenJson.Of)], [.. tokens.RefreshTokens.Select(RefreshTokenJson.Of)]),
        ControlJson.Readable.TokensJson);

    private ControlResponse Issue(ControlCall call)
    {
        var json = call.ReadOptional(ControlJson.Readable.IssueJson) ?? new IssueJson();
        try
        {
            var issued = tokens.Issue(json.ClientId, json.UserId, json.Scopes);
            return ControlResponse.Json(
                201,
                new IssuedJson(issued.AccessToken, issued.RefreshToken, issued.ExpiresAt.UtcDateTime, issued.GrantId),
                ControlJson.Readable.IssuedJson);
        }
        catch (ArgumentException exception)
        {
            throw new JsonDefectException(exception.ParamName ?? "", JsonDefectException.WordsOf(exception));
        }
    }

    private ControlResponse Expire(ControlCall call)
    {
        call.ReadOptional(ControlJson.Readable.EmptyJson);
        return ControlResponse.Ok(new ExpiredJson(tokens.ExpireAccessTokens()), ControlJson.Readable.ExpiredJson);
    }

    private ControlResponse Revoke(ControlCall call)
    {
        var json = call.ReadOptional(ControlJson.Readable.RevokeJson);
        if (json?.Token is not { } token)
        {
            return Revoked(tokens.RevokeAll());
        }

        return tokens.Revoke(token) ? Revoked(1) : Unknown;

        static ControlResponse Revoked(int count) => ControlResponse.Ok(new RevokedJson(count), ControlJson.Readable.RevokedJson);
    }

    private ControlResponse CreateApiKey(ControlCall call)
    {
        var json = call.Read(ControlJson.Readable.ApiKeyJson);
        return tokens.CreateApiKey(json.Token) ? ControlResponse.NoContent : Unknown;
    }
}
