using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// The Binance schemes of the application and their options.
/// </summary>
internal sealed class BinanceSchemes(IOptionsMonitor<BinanceAuthenticationOptions> options, IOptions<BinanceSchemeNames> registered)
{
    /// <summary>Returns a value indicating whether <c>AddBinance</c> was called with this name.</summary>
    public bool IsRegistered(string scheme) => registered.Value.Names.Contains(scheme);

    /// <summary>
    /// Finds the options of a scheme. Options of any name can be created, and those of a misspelt name have Binance's endpoints: a token
    /// of an emulator, or of another client, would be sent there.
    /// </summary>
    public BinanceAuthenticationOptions? Find(string scheme)
        => options.Get(scheme) is { ClientId.Length: > 0 } found ? found : null;

    /// <exception cref="ArgumentException"><paramref name="scheme"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is no such scheme.</exception>
    public BinanceAuthenticationOptions Get(string scheme)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        return Find(scheme)
            ?? throw new InvalidOperationException($"There is no Binance scheme '{scheme}'. Call AddBinance with that name, or use the name of another one.");
    }
}

/// <summary>The names that <c>AddBinance</c> was called with.</summary>
internal sealed class BinanceSchemeNames
{
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);
}
