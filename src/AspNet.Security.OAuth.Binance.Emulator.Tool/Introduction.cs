using System.Text;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>The text that is printed at the start: addresses, clients and accounts.</summary>
internal static class Introduction
{
    public static string Of(BinanceEmulator binance)
    {
        // The addresses for browsers and for the application's server may differ.
        var (server, browsers) = (binance.BaseAddress, binance.Options.PublicUrl ?? binance.BaseAddress);
        var text = new StringBuilder()
            .AppendLine($"Binance emulator {CommandLine.Version}. It is not Binance: everyone who can reach it can sign in as any account.")
            .AppendLine();
        AppendAddresses(text, binance, server, browsers);
        text.AppendLine().AppendLine("Endpoints for an application:");
        Field(text, "authorize", At(browsers, "en/oauth/authorize"));
        Field(text, "token", At(server, "oauth/token"));
        Field(text, "user-info", At(server, "oauth-api/v1/user-info"));
        Field(text, "revoke", At(server, "oauth-api/v1/revoke-token"));
        text.AppendLine().AppendLine("Clients:");
        foreach (var client in binance.Clients)
        {
            Append(text, client);
        }

        text.AppendLine().AppendLine("Accounts:");
        foreach (var user in binance.Users)
        {
            Field(text, user.Label, user.UserId);
        }

        return text.AppendLine().Append("Ctrl+C ends it.").ToString();
    }

    private static void AppendAddresses(StringBuilder text, BinanceEmulator binance, Uri server, Uri browsers)
    {
        Field(text, "address", server.AbsoluteUri);
        if (browsers != server)
        {
            Field(text, "for browsers", browsers.AbsoluteUri);
        }

        Field(text, "control API", At(server, "emulator/api/v1"));
        if (binance.Options.AllowedHosts.Count > 0)
        {
            Field(text, "allowed hosts", string.Join(", ", binance.Options.AllowedHosts));
            Field(text, "control key", binance.Options.ControlKey);
            Field(text, "page with key", At(browsers, $"?key={Uri.EscapeDataString(binance.Options.ControlKey)}"));
        }
    }

    private static void Append(StringBuilder text, EmulatorClient client)
    {
        text.AppendLine($"  {Printable.Of(client.Name)}");
        Field(text, "  client_id", client.ClientId);
        Field(text, "  client_secret", client.ClientSecret ?? "none: a public client, which uses PKCE");
        foreach (var redirectUri in client.RedirectUris)
        {
            Field(text, "  redirect_uri", client.AllowAnyLoopbackPort ? $"{redirectUri} (any port)" : redirectUri);
        }
    }

    private static string At(Uri address, string path) => $"{address.AbsoluteUri.TrimEnd('/')}/{path}";

    // Names may come from a file: control characters must not get to the terminal.
    private static void Field(StringBuilder text, string name, string value)
        => text.AppendLine($"  {Printable.Of(name).PadRight(23)} {Printable.Of(value)}".TrimEnd());
}
