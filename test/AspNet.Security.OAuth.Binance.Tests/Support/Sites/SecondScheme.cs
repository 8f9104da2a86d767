using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// A second Binance scheme, "Second", with its own client.
/// </summary>
internal static class SecondScheme
{
    private const string ClientId = "second-client";
    private const string ClientSecret = "second-secret";
    private const string CallbackPath = "/signin-second";

    /// <summary>Adds the scheme.</summary>
    /// <param name="builder">The application's schemes.</param>
    /// <param name="binance">The address of its Binance.</param>
    /// <param name="cookie">The cookie that it signs in to; <see langword="null"/> is the default one.</param>
    /// <param name="configure">Runs after the other options are set.</param>
    public static AuthenticationBuilder AddSecondBinance(
        this AuthenticationBuilder builder, Uri binance, string? cookie = null, Action<BinanceAuthenticationOptions>? configure = null)
        => builder.AddBinance("Second", options =>
        {
            (options.ClientId, options.ClientSecret, options.CallbackPath, options.SignInScheme) = (ClientId, ClientSecret, CallbackPath, cookie);
            options.UseServer(binance);
            configure?.Invoke(options);
        });

    /// <summary>Registers its client at the emulator.</summary>
    public static void AddSecondClient(this TestSite site) => site.Emulator.Clients.Add(new()
    {
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        RedirectUris = ["http://localhost" + CallbackPath],
    });
}
