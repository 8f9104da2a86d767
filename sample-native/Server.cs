using AspNet.Security.OAuth.Binance;

namespace SampleNative;

/// <summary>
/// Where the user signs in, and as which application.
/// </summary>
/// <param name="ClientId">The client id that is registered there.</param>
/// <param name="Endpoints">The server's endpoints.</param>
/// <param name="Introduction">Text for the user before the browser opens.</param>
/// <param name="TokenStore">Keeps the session. Each server and each client has a store of its own, because a session is good there only.</param>
internal sealed record Server(string ClientId, BinanceEndpoints Endpoints, string Introduction, FileTokenStore TokenStore)
{
    /// <exception cref="UsageException">There is no client id.</exception>
    public static Server Of(Arguments arguments)
    {
        if (arguments.ClientId is not { } clientId)
        {
            throw new UsageException(Text.Of($"The client id is missing: --client-id ID, or the environment variable BINANCE_CLIENT_ID. Binance gives one to its partners."));
        }

        return arguments.Server is { } address
            ? new(clientId, BinanceEndpoints.At(address), Text.Of($"You sign in at {address}"), StoreOf(arguments, $"{address.Host}-{address.Port}-{clientId}"))
            : new(clientId, BinanceEndpoints.Production, Text.Of($"You sign in at Binance."), StoreOf(arguments, $"binance-{clientId}"));
    }

    /// <summary>Returns the store of a server and client: a file of the name in the user's directory for this program's data, or that of --session.</summary>
    public static FileTokenStore StoreOf(Arguments arguments, string name)
        => new(arguments.SessionFile ?? $"{FileTokenStore.ForApplication("sample-native").FilePath}-{FileName(name)}");

    private static string FileName(string name)
        => string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' ? character : '_'));
}
