using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Authenticates the client of a token request, by the parameters <c>client_id</c> and <c>client_secret</c> and nothing else (W4).</summary>
internal sealed class ClientAuthentication(EmulatorClients clients)
{
    /// <returns>The client, or <see langword="null"/> with the response that refuses it.</returns>
    public EmulatorClient? Authenticate(EmulatorCall call, EmulatorParameters parameters, out EmulatorResponse? refusal)
    {
        if (call.Authorization is not null)
        {
            // The response to a client that used the header must name its scheme (RFC 6749 section 5.2).
            refusal = OAuthError.InvalidClient("Binance documents no client authentication in the Authorization header: send client_id and client_secret as parameters.")
                .With("WWW-Authenticate", "Basic realm=\"Binance emulator\"");
            return null;
        }

        if (parameters.Text("client_id") is not { } id || clients.Find(id) is not { } client)
        {
            refusal = OAuthError.InvalidClient("The client_id is missing or unknown.");
            return null;
        }

        var secret = parameters["client_secret"];
        if (client.IsPublic && secret is not null)
        {
            refusal = OAuthError.InvalidClient("A public client sends no client_secret, not even an empty one.");
            return null;
        }

        if (!client.IsPublic && !AreEqual(secret ?? "", client.ClientSecret!))
        {
            refusal = OAuthError.InvalidClient("The client_secret is missing or wrong.");
            return null;
        }

        refusal = null;
        return client;
    }

    // Compares hashes in fixed time: a timing attack learns neither the secret's content nor its length.
    private static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(left)),
        SHA256.HashData(Encoding.UTF8.GetBytes(right)));
}
