using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The requests that browsers and scripts send to the login endpoints.
/// </summary>
internal static class LoginRequests
{
    /// <summary>The header that the site's own scripts prove themselves by, with what their browser adds.</summary>
    public static readonly (string Name, string Value)[] OwnScript
        = [("X-CSRF", "1"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];

    /// <summary>What a browser sends with a form of the site.</summary>
    public static readonly (string Name, string Value)[] OwnForm
        = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Origin", "https://site.example")];

    /// <summary>What a browser sends with a form of another site.</summary>
    public static readonly (string Name, string Value)[] ForeignForm
        = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Origin", "https://evil.example")];

    public static readonly (string Name, string Value)[] Navigation
        = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-User", "?1")];

    /// <summary>The header as it was sent: a client has its own ideas of what it means.</summary>
    public static string? Location(this HttpResponseMessage response)
        => response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public static string Header(this HttpResponseMessage response, string name)
        => response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";

    public static string[] SetCookies(this HttpResponseMessage response)
        => response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [];

    /// <summary>Gets an antiforgery token as a page of the application would, and its cookie.</summary>
    public static async Task<AntiforgeryPair> TokenAsync(this SiteBrowser browser)
    {
        using var response = await browser.GetAsync("/token");
        var parts = (await response.TextAsync()).Split('|');
        return new(parts[0], parts[1], parts[2]);
    }

    /// <summary>Submits a form.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(
        this SiteBrowser browser, string path, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await browser.SendAsync(HttpMethod.Post, path, form, headers);
    }

    /// <summary>Submits the application's form for signing out, with a token.</summary>
    public static async Task<HttpResponseMessage> SignOutByFormAsync(this SiteBrowser browser, string path = "/auth/logout", params (string Name, string Value)[] fields)
    {
        var token = await browser.TokenAsync();
        return await browser.SubmitAsync(path, [(token.Field, token.Value), .. fields], OwnForm);
    }

    /// <summary>Signs out as a script of the site does.</summary>
    public static Task<HttpResponseMessage> SignOutByScriptAsync(this SiteBrowser browser, string path = "/auth/logout")
        => browser.SendAsync(HttpMethod.Post, path, null, OwnScript);

    /// <summary>Asks who is signed in, as a script of the site does.</summary>
    public static Task<HttpResponseMessage> GetUserAsync(this SiteBrowser browser, string path = "/auth/user")
        => browser.GetAsync(path, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"));

    public static async Task<JsonElement> ReadUserAsync(this SiteBrowser browser, string path = "/auth/user")
    {
        using var response = await browser.GetUserAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<JsonElement>(await response.TextAsync());
    }

    /// <summary>Follows the login endpoint to Binance and back.</summary>
    /// <returns>Where the browser is sent at the end.</returns>
    public static async Task<string?> LogInAsync(this SiteBrowser browser, string loginPath, string root = "")
    {
        using var response = await browser.ComeBackWithCodeAsync(await browser.ChallengeAsync(loginPath), root + "/signin-binance");
        return response.Location();
    }

    public static string WithReturnUrl(this string path, string returnUrl) => QueryHelpers.AddQueryString(path, "returnUrl", returnUrl);

    public static void AssertNotStored(this HttpResponseMessage response)
    {
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
    }

    /// <summary>The response sends the browser to Binance, with a correlation cookie.</summary>
    public static void AssertChallenges(this HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/en/oauth/authorize", response.Headers.Location!.AbsolutePath);
        Assert.Contains(response.SetCookies(), cookie => cookie.StartsWith(".AspNetCore.Correlation.", StringComparison.Ordinal));
    }

    public static void AssertRedirects(this HttpResponseMessage response, string location)
    {
        Assert.Equal((HttpStatusCode.Redirect, location), (response.StatusCode, response.Location()));
        response.AssertNotStored();
    }
}

internal sealed record AntiforgeryPair(string Field, string Header, string Value);
