using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// A browser on the sample: it keeps the sample's cookies and follows no redirect by itself.
/// </summary>
internal sealed partial class SampleVisitor(SampleFactory sample) : IDisposable
{
    private readonly HttpClient _site = sample.CreateBrowser();
    private readonly HttpClient _binance = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string path) => _site.GetAsync(path, Token);

    /// <param name="path">The page.</param>
    /// <param name="language">The Accept-Language of the browser.</param>
    public async Task<string> GetTextAsync(string path, string? language = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        using var response = await _site.SendAsync(request, Token);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Opens a page that needs a user, signs in at Binance, and returns the site's response to the callback.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string path = "/account/login", string decision = "emulator_user", string? userId = null)
    {
        using var challenge = await FollowAsync(await GetAsync(path));
        var authorize = QueryHelpers.AddQueryString(
            challenge.Headers.Location!.AbsoluteUri, decision, decision == "emulator_user" ? userId ?? sample.Binance.Users.First().UserId : "deny");
        using var response = await _binance.GetAsync(new Uri(authorize), Token);
        return await GetAsync(response.Headers.Location!.PathAndQuery);
    }

    /// <summary>Sends the sign-out form as the given page has it.</summary>
    public async Task<HttpResponseMessage> SignOutAsync(string page = "/profile")
        => await PostAsync("/account/logout", await AntiforgeryTokenAsync(page));

    /// <summary>The token in the form of the given page.</summary>
    public async Task<string> AntiforgeryTokenAsync(string page = "/profile") => AntiforgeryToken().Match(await GetTextAsync(page)).Groups[1].Value;

    public async Task<HttpResponseMessage> PostAsync(string path, string? antiforgeryToken = null, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
        [
            .. antiforgeryToken is null ? Array.Empty<KeyValuePair<string, string>>() : [new("__RequestVerificationToken", antiforgeryToken)],
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
        ]);
        return await _site.PostAsync(path, form, Token);
    }

    /// <summary>Presses the button for a language, as a browser does on a page of an origin.</summary>
    public async Task<HttpResponseMessage> ChooseLanguageAsync(string language, string? referer = null, string? origin = "http://localhost")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/language")
        {
            Content = new FormUrlEncodedContent([new("language", language)]),
        };
        request.Headers.TryAddWithoutValidation("Referer", referer);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return await _site.SendAsync(request, Token);
    }

    public void Dispose()
    {
        _site.Dispose();
        _binance.Dispose();
    }

    // From a page that needs a user over the login page to the authorize URL.
    private async Task<HttpResponseMessage> FollowAsync(HttpResponseMessage response)
    {
        while (response.Headers.Location is { } next && next.OriginalString.Contains("/account/login", StringComparison.Ordinal))
        {
            response.Dispose();
            response = await GetAsync(next.IsAbsoluteUri ? next.PathAndQuery : next.OriginalString);
        }

        return response;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
