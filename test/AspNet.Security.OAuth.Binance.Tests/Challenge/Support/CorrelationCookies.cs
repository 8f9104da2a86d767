using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The correlation cookies of a browser that begins sign-ins and finishes some of them.
/// </summary>
internal static class CorrelationCookies
{
    /// <summary>The framework's default.</summary>
    public const string Prefix = ".AspNetCore.Correlation.";

    /// <summary>The most that a browser keeps.</summary>
    public const int Limit = 8;

    public static IReadOnlyList<JarCookie> Correlations(this CookieJarBrowser browser, string prefix = Prefix)
        => [.. browser.Jar.Cookies.Where(cookie => cookie.Name.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>Begins sign-ins one after the other, a while apart.</summary>
    /// <returns>The responses to the challenges.</returns>
    public static async Task<IReadOnlyList<SiteAnswer>> BeginAsync(
        this CookieJarBrowser browser, LifetimeClock clock, int count, TimeSpan apart = default, string login = "/login")
    {
        List<SiteAnswer> challenges = [];
        for (var i = 0; i < count; i++)
        {
            clock.Pass(apart);
            challenges.Add(await browser.GetAsync(login));
        }

        return challenges;
    }

    /// <summary>Consents to a sign-in that was begun, and opens its callback.</summary>
    public static async Task<SiteAnswer> FinishAsync(this CookieJarBrowser browser, SiteAnswer challenge)
        => await browser.ReturnAsync(await CookieJarBrowser.ConsentAsync(challenge));

    /// <summary>Finishes a sign-in, which has to succeed.</summary>
    public static async Task AssertSignsInAsync(this CookieJarBrowser browser, SiteAnswer challenge)
    {
        var answer = await browser.FinishAsync(challenge);
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        Assert.Equal("/", answer.Location?.OriginalString);
        Assert.NotNull(answer.SessionCookie);
    }

    /// <summary>Finishes a sign-in whose correlation cookie was given up. The site has the page /failed for that.</summary>
    public static async Task AssertIsGivenUpAsync(this CookieJarBrowser browser, SiteAnswer challenge)
        => Assert.StartsWith("/failed?failure=correlation_failed", (await browser.FinishAsync(challenge)).Location?.OriginalString, StringComparison.Ordinal);

    /// <summary>Adds a second scheme of Binance, which has the preset client, too.</summary>
    public static void AddAnother(this LifetimeSetup setup, Action<BinanceAuthenticationOptions>? configure = null)
        => setup.Authentication = (schemes, server) => schemes.AddBinance("Other", options =>
        {
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
            options.CallbackPath = "/other/signin-binance";
            options.UseServer(server);
            configure?.Invoke(options);
        });
}
