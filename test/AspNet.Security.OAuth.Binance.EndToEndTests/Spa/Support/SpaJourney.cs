using System.Text.Json;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;

/// <summary>
/// The steps of a user of the single-page sample.
/// </summary>
internal static class SpaJourney
{
    public const string SignedOut = "Sign in with your Binance account";
    public const string LoginNeeded = "Sign in to see your account";
    public const string SignedIn = "Welcome, you are signed in";
    public const string Account = "Your account";
    public const string SessionOver = "Your session is over";

    /// <summary>Signs in at the start page.</summary>
    public static async Task SignInAsync(this IPage page, SpaSite site)
    {
        await page.GotoAsync(site.Url("/"));
        await page.ClickLoginAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(SignedIn);
    }

    /// <summary>Follows the link to the account, and waits for the response of Binance.</summary>
    public static async Task OpenAccountAsync(this IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await page.AssertShowsAsync(Account);
        await page.AssertShowsTextAsync("Received at");
    }

    public static Task CallBinanceAsync(this IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Call Binance again" }).ClickAsync();

    /// <summary>Waits for visible text.</summary>
    public static Task AssertShowsTextAsync(this IPage page, string text)
        => Assertions.Expect(page.GetByText(text).Filter(new() { Visible = true }).First).ToBeVisibleAsync();

    /// <summary>Dispatches the event of a tab that becomes visible.</summary>
    public static Task ReturnToTabAsync(this IPage page) => page.EvaluateAsync("() => { document.dispatchEvent(new Event('visibilitychange')); }");

    /// <summary>Sends a request from a script of the page.</summary>
    public static async Task<ScriptResponse> FetchAsync(this IPage page, string path, string method = "GET", string? csrf = null)
    {
        var response = await page.EvaluateAsync<JsonElement>(
            """
            async ([path, method, csrf]) => {
              const response = await fetch(path, { method, headers: csrf ? { "X-CSRF": csrf } : {} });
              return { status: response.status, redirected: response.redirected, type: response.headers.get("Content-Type") ?? "", body: await response.text() };
            }
            """,
            new[] { path, method, csrf });
        return new(
            response.GetProperty("status").GetInt32(),
            response.GetProperty("redirected").GetBoolean(),
            response.GetProperty("type").GetString()!,
            response.GetProperty("body").GetString()!);
    }
}

/// <summary>The response to a script.</summary>
internal sealed record ScriptResponse(int Status, bool Redirected, string Type, string Body);
