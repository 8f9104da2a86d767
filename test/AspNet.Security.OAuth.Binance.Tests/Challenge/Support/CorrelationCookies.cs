using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge.Support;

/// <summary>
/// The correlation cookies of a browser that starts sign-ins and finishes some of them.
/// </summary>
internal static class CorrelationCookies
{
    /// <summary>The framework's default.</summary>
    public const string Prefix = ".AspNetCore.Correlation.";

    /// <summary>The most that a browser keeps.</summary>
    public const int Limit = 8;

    public static IReadOnlyList<JarCookie> Correlations(this SiteBrowser browser, string prefix = Prefix)
        => [.. browser.Jar.Cookies.Where(cookie => cookie.Name.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>Starts sign-ins one after the other, with a time between them.</summary>
    /// <returns>The responses to the challenges.</returns>
    public static async Task<IReadOnlyList<SiteResponse>> BeginAsync(
        this SiteBrowser browser, TestTime clock, int count, TimeSpan apart = default, string login = "/login")
    {
        List<SiteResponse> challenges = [];
        for (var i = 0; i < count; i++)
        {
            clock.Pass(apart);
            challenges.Add(await browser.GetAsync(login));
        }

        return challenges;
    }

    /// <summary>Consents to a sign-in that was started, and opens its callback.</summary>
    public static async Task<SiteResponse> FinishAsync(this SiteBrowser browser, SiteResponse challenge)
        => await browser.ReturnFromBinanceAsync(await browser.DecideAsync(new AuthorizeRequest(challenge.Location!)));

    /// <summary>Finishes a sign-in, which has to succeed.</summary>
    public static async Task AssertSignsInAsync(this SiteBrowser browser, SiteResponse challenge)
    {
        var response = await browser.FinishAsync(challenge);
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal("/", response.Location?.OriginalString);
        Assert.NotNull(response.SessionCookie);
    }

    /// <summary>Finishes a sign-in whose correlation cookie was deleted, at the failure path /failed.</summary>
    public static async Task AssertIsGivenUpAsync(this SiteBrowser browser, SiteResponse challenge)
        => Assert.StartsWith("/failed?failure=correlation_failed", (await browser.FinishAsync(challenge)).Location?.OriginalString, StringComparison.Ordinal);

    /// <summary>Adds a second scheme of Binance, which has the preset client, too.</summary>
    public static void AddAnother(this SiteSetup setup, Action<BinanceAuthenticationOptions>? configure = null)
        => setup.Authentication = schemes => schemes.AddBinance("Other", options =>
        {
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
            options.CallbackPath = "/other/signin-binance";
            options.UseServer(setup.Server);
            configure?.Invoke(options);
        });
}
