using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// Values that are found nowhere but where somebody put them, with the characters that URLs, forms, pages and JSON write differently.
/// </summary>
internal static class CanaryServer
{
    public const string ClientId = "the-canary";

    public static string NewSecret() => RandomHex() + "/+=&<'\"" + RandomHex();

    /// <summary>Gives an emulator one client and one user, both of this test alone, and lets it ask nothing.</summary>
    public static void MakeUnique(BinanceEmulator binance, string clientSecret, params string[] redirectUris)
    {
        foreach (var client in binance.Clients.ToArray())
        {
            binance.Clients.Remove(client.ClientId);
        }

        foreach (var user in binance.Users.ToArray())
        {
            binance.Users.Remove(user.UserId);
        }

        binance.Clients.Add(new EmulatorClient
        {
            ClientId = ClientId,
            ClientSecret = clientSecret,
            RedirectUris = redirectUris,
            AllowAnyLoopbackPort = true,
        });
        binance.Users.Add(new EmulatorUser { Label = "Canary", Email = $"{RandomHex()}@{RandomHex()}.example" });
        binance.Options.AutoApprove = true;
        binance.Options.AccessTokenLifetime = TimeSpan.FromHours(1);
    }

    /// <summary>An answer that repeats secrets whole, encoded and cut off, as servers do that mean to help.</summary>
    public static string Echo(string error, params string[] secrets)
    {
        var repeated = string.Join(' ', secrets.Select(secret => $"{secret} {Uri.EscapeDataString(secret)} {secret[..16]}…"));
        return System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["error"] = error,
            ["error_description"] = $"{secrets[0][..16]}… is wrong: {repeated}",
            ["code"] = secrets[0][..14],
            ["message"] = $"{repeated} are wrong",
            ["success"] = false,
            ["data"] = null,
        });
    }

    private static string RandomHex() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
