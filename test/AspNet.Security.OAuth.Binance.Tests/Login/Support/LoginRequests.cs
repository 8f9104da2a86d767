using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Login.Support;

/// <summary>
/// The requests that browsers and scripts send to the login endpoints.
/// </summary>
internal static class LoginRequests
{
    /// <summary>The header that is the proof of the site's own scripts, with the headers of their browser.</summary>
    public static readonly (string Name, string Value)[] OwnScript
        = [("X-CSRF", "1"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];

    /// <summary>The headers that a browser sends with a form of the site.</summary>
    public static readonly (string Name, string Value)[] OwnForm
        = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Origin", "https://site.example")];

    /// <summary>The headers that a browser sends with a form of another site.</summary>
    public static readonly (string Name, string Value)[] ForeignForm
        = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Origin", "https://evil.example")];

    public static readonly (string Name, string Value)[] Navigation
        = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-User", "?1")];

    /// <summary>Gets an antiforgery token as a page of the application would, and its cookie.</summary>
    public static async Task<AntiforgeryPair> TokenAsync(this SiteBrowser browser)
    {
        var response = await browser.GetAsync("/token");
        var parts = response.Body.Split('|');
        return new(parts[0], parts[1], parts[2]);
    }

    /// <summary>Submits the application's form for signing out, with a token.</summary>
    public static async Task<SiteResponse> SignOutByFormAsync(this SiteBrowser browser, string path = "/auth/logout", params (string Name, string Value)[] fields)
    {
        var token = await browser.TokenAsync();
        return await browser.SubmitAsync(path, [(token.Field, token.Value), .. fields], OwnForm);
    }

    /// <summary>Signs out as a script of the site does.</summary>
    public static Task<SiteResponse> SignOutByScriptAsync(this SiteBrowser browser, string path = "/auth/logout")
        => browser.RequestAsync(HttpMethod.Post, path, null, OwnScript);

    /// <summary>Requests the user, as a script of the site does.</summary>
    public static Task<SiteResponse> GetUserAsync(this SiteBrowser browser, string path = "/auth/user")
        => browser.GetAsync(path, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"));

    public static async Task<JsonElement> ReadUserAsync(this SiteBrowser browser, string path = "/auth/user")
    {
        var response = await browser.GetUserAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.Status);
        return JsonSerializer.Deserialize<JsonElement>(response.Body);
    }

    /// <summary>Follows the login endpoint to Binance and back.</summary>
    /// <returns>The location of the last redirect.</returns>
    public static async Task<string?> LogInAsync(this SiteBrowser browser, string loginPath, string root = "")
    {
        var response = await browser.ReturnWithCodeAsync(await browser.ChallengeAsync(loginPath), root + "/signin-binance");
        return response.LocationHeader;
    }

    public static string WithReturnUrl(this string path, string returnUrl) => QueryHelpers.AddQueryString(path, "returnUrl", returnUrl);

    public static void AssertNotStored(this SiteResponse response)
    {
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
    }

    /// <summary>The response sends the browser to Binance, with a correlation cookie.</summary>
    public static void AssertChallenges(this SiteResponse response)
    {
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal("/en/oauth/authorize", response.Location!.AbsolutePath);
        Assert.Contains(response.SetCookieHeaders, cookie => cookie.StartsWith(".AspNetCore.Correlation.", StringComparison.Ordinal));
    }

    public static void AssertRedirects(this SiteResponse response, string location)
    {
        Assert.Equal((HttpStatusCode.Redirect, location), (response.Status, response.LocationHeader));
        response.AssertNotStored();
    }

    /// <summary>Opens a page of the login endpoints in a language.</summary>
    public static async Task<LoginPage> OpenPageAsync(this SiteBrowser browser, string path, string acceptLanguage)
        => LoginPage.Of(await browser.GetAsync(path, [("Accept-Language", acceptLanguage), .. Navigation]));
}

internal sealed record AntiforgeryPair(string Field, string Header, string Value);
