using System.Text.Json;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// The tokens of one sign-in in the user token store: one value, so that they are written together or not at all.
/// </summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="At">When they were stored: a token with a short lifetime is refreshed after half of it.</param>
internal sealed record KeptTokens(BinanceTokens Tokens, DateTimeOffset At)
{
    // In the place of a cookie's scheme: no cookie holds these sessions.
    private const string Place = "Identity";

    /// <summary>Returns the key of a sign-in.</summary>
    public static SessionKey KeyOf(string id) => new(Place, id);

    /// <summary>Parses a stored value.</summary>
    /// <returns><see langword="null"/> if it is not valid.</returns>
    public static KeptTokens? Parse(string value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, KeptTokensJson.Default.KeptTokens) is { Tokens.AccessToken.Length: > 0 } kept ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, KeptTokensJson.Default.KeptTokens);

    /// <summary>Returns a session for the refresh and the revocation of the tokens.</summary>
    public IssuedSession ToSession(string id, IssuedTicket issued)
    {
        var properties = new AuthenticationProperties();
        IssuedTickets.Mark(properties, issued.Scheme);
        IssuedTickets.BeginSession(properties, id);
        StoredTokens.Store(properties, Tokens, At, issued.Options.RefreshBeforeExpiration);
        return new(KeyOf(id), properties, issued);
    }
}

[JsonSerializable(typeof(KeptTokens))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class KeptTokensJson : JsonSerializerContext;
