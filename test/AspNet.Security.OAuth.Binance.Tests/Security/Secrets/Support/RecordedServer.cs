using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Sets up an emulator whose values occur nowhere by chance, with characters that URLs, forms, pages and JSON encode differently, and whose
/// errors repeat them.
/// </summary>
internal static class RecordedServer
{
    public const string ClientId = "the-client";

    public static string NewSecret() => RandomHex() + "/+=&<'\"" + RandomHex();

    /// <summary>Sets up an emulator with one client and one user of its own and without a consent page.</summary>
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
        binance.Users.Add(new EmulatorUser { Label = "User", Email = $"{RandomHex()}@{RandomHex()}.example" });
        binance.Options.AutoApprove = true;
        binance.Options.AccessTokenLifetime = TimeSpan.FromHours(1);
    }

    /// <summary>A response that repeats secrets in full, encoded and shortened.</summary>
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
