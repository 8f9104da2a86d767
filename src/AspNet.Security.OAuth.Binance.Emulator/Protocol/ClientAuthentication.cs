using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>
/// Authenticates the client of a token request by the parameters <c>client_id</c> and <c>client_secret</c> (W4); with
/// <see cref="BinanceEmulatorOptions.Lenient"/> also by HTTP Basic.
/// </summary>
internal sealed class ClientAuthentication(BinanceEmulatorOptions options, EmulatorClients clients)
{
    /// <returns>The client, or <see langword="null"/> with the response that refuses it.</returns>
    public EmulatorClient? Authenticate(EmulatorCall call, EmulatorParameters parameters, out EmulatorResponse? refusal)
    {
        // A parameter without a value counts as omitted (RFC 6749 section 3.2): libraries send "client_secret=" for a public client.
        var id = parameters.Text("client_id");
        var secret = parameters.Text("client_secret");
        if (call.Authorization is { } header)
        {
            if (!options.Lenient)
            {
                refusal = RefuseHeader(new(
                    "Binance documents no client authentication in the Authorization header: send client_id and client_secret as parameters. The emulator's option Lenient (--lenient) allows HTTP Basic.",
                    "client_id and client_secret in the body",
                    $"Authorization: {Secret.ShortenHeader(header)}"));
                return null;
            }

            if (BasicCredentials.Parse(header) is not { } credentials)
            {
                refusal = RefuseHeader(new("The Authorization header has no HTTP Basic credentials.", "Basic base64(client_id:client_secret)", Secret.ShortenHeader(header)));
                return null;
            }

            // One method for each request (RFC 6749 section 2.3).
            if (secret is not null || (id is not null && id != credentials.Id))
            {
                refusal = OAuthError.InvalidRequest(new("The client authenticates by the Authorization header and by parameters: send one of them."));
                return null;
            }

            (id, secret) = credentials;
        }

        var client = id is null ? null : clients.Find(id);
        refusal = Reason(client, id, secret) is not { } reason ? null : call.Authorization is null ? OAuthError.InvalidClient(reason) : RefuseHeader(reason);
        return refusal is null ? client : null;
    }

    private EmulatorRefusal? Reason(EmulatorClient? client, string? id, string? secret) => client switch
    {
        null => new("The client_id is missing or unknown.", string.Join(", ", clients.Select(known => known.ClientId)), id),
        { IsPublic: true } when secret is not null => new("A public client sends no client_secret.", "no client_secret", Secret.Shorten(secret)),
        { IsPublic: false } when !Secret.AreEqual(secret ?? "", client.ClientSecret!)
            => new("The client_secret is missing or wrong.", Secret.Shorten(client.ClientSecret!), secret is null ? null : Secret.Shorten(secret)),
        _ => null,
    };

    // The response to a client that used the header must name its scheme (RFC 6749 section 5.2).
    private static EmulatorResponse RefuseHeader(EmulatorRefusal reason) => OAuthError.InvalidClient(reason).With("WWW-Authenticate", "Basic realm=\"Binance emulator\"");
}
