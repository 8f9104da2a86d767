using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;

/// <summary>
/// The states of the single-page sample, and the steps to each.
/// </summary>
internal static class SpaStates
{
    private static readonly Dictionary<string, Func<IPage, SpaSite, Task>> _steps = new()
    {
        ["loading"] = LoadingAsync,
        ["signed out"] = async (page, site) =>
        {
            await page.GotoAsync(site.Url("/"));
            await page.AssertShowsAsync(SpaJourney.SignedOut);
        },
        ["login needed"] = async (page, site) =>
        {
            await page.GotoAsync(site.Url("/account"));
            await page.AssertShowsAsync(SpaJourney.LoginNeeded);
        },
        ["cancelled"] = async (page, site) =>
        {
            await page.GotoAsync(site.Url("/auth/login?returnUrl=/account"));
            await page.CancelAsync();
            await page.AssertShowsAsync("Sign-in cancelled");
        },
        ["signed in"] = SpaJourney.SignInAsync,
        ["account"] = async (page, site) =>
        {
            await page.SignInAsync(site);
            await page.OpenAccountAsync();
        },
        ["Binance unavailable"] = async (page, site) =>
        {
            await page.SignInAsync(site);
            site.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
            await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
            await page.AssertShowsTextAsync("Binance cannot be reached.");
        },
        ["offline"] = async (page, site) =>
        {
            await page.SignInAsync(site);
            await page.OpenAccountAsync();
            await page.Context.SetOfflineAsync(true);
            await page.AssertShowsTextAsync("You are offline.");
        },
        ["session over"] = async (page, site) =>
        {
            await page.SignInAsync(site);
            await site.Sessions.EndAllAsync(site.Binance.Users.First().UserId, cancellationToken: TestContext.Current.CancellationToken);
            await page.ReturnToTabAsync();
            await page.AssertShowsAsync(SpaJourney.SessionOver);
        },
        ["unreachable"] = async (page, site) =>
        {
            await page.RouteAsync("**/auth/user", route => route.AbortAsync());
            await page.GotoAsync(site.Url("/"));
            await page.AssertShowsAsync("This site does not respond");
        },
        ["no such page"] = async (page, site) =>
        {
            await page.GotoAsync(site.Url("/nothing"));
            await page.AssertShowsAsync("There is no such page");
        },
        ["browser flow, ready"] = BrowserFlowJourney.OpenAsync,
        ["browser flow, signed in"] = BrowserFlowJourney.SignInAsync,
        ["browser flow, CORS refused"] = async (page, site) =>
        {
            site.Binance.Options.AllowedOrigins.Clear();
            await page.OpenAsync(site);
            await page.StartSignInAsync();
            await page.AuthorizeAsync();
            await page.AssertShowsAsync("The authorization server cannot be read");
        },
    };

    public static TheoryData<string> Names => [.. _steps.Keys];

    public static Task ReachAsync(string name, IPage page, SpaSite site) => _steps[name](page, site);

    private static async Task LoadingAsync(IPage page, SpaSite site)
    {
        // The request gets no response.
        await page.RouteAsync("**/auth/user", _ => Task.CompletedTask);
        await page.GotoAsync(site.Url("/"));
        await page.AssertShowsTextAsync("One moment, please");
    }
}
