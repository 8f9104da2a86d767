using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// The data of a sign-in that is kept until its callback.
/// </summary>
/// <param name="ClientId">The client id that it was begun with. A sign-in of another client id or server is not completed.</param>
/// <param name="Server">The token endpoint that it was begun for.</param>
/// <param name="Url">The authorization request.</param>
/// <param name="RedirectUri">The redirect URI, exactly as in the request.</param>
/// <param name="State">The state.</param>
/// <param name="CodeVerifier">The verifier of the proof key.</param>
/// <param name="ExpiresAt">When it can no longer be completed.</param>
internal sealed record PendingSignInData(
    string ClientId, Uri Server, Uri Url, string RedirectUri, string State, string CodeVerifier, DateTimeOffset ExpiresAt)
{
    public BinanceAuthorizationRequest ToRequest() => new() { Url = Url, RedirectUri = RedirectUri, State = State, CodeVerifier = CodeVerifier };

    // The generated method would print every member.
    public override string ToString() => nameof(PendingSignInData);
}

[JsonSerializable(typeof(PendingSignInData))]
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
internal sealed partial class PendingSignInJson : JsonSerializerContext;
