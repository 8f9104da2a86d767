using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

/// <summary>
/// A page of another site can link to the login, and nothing else.
/// </summary>
public sealed class SpaCrossSiteTests(Browser browser)
{
    private static readonly string[] _endpoints = ["/auth/login?returnUrl=/account", "/auth/logout", "/auth/user", "/auth/failed?failure=access_denied"];

    [Fact(Timeout = 120_000)]
    public async Task Request_of_another_site_does_nothing()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var attacker = await context.NewPageAsync();
        await attacker.GotoAsync(other.Address);

        // Without a session: no sign-in begins, and no correlation cookie is set.
        await AttackAsync(async kind =>
        {
            Assert.Equal((kind, 0), (kind, (await CookiesAsync(context)).Length));
            Assert.Empty(site.Binance.Requests);
        });

        // With a session, which does not change.
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        var cookies = await CookiesAsync(context);
        var before = Calls(site);
        await AttackAsync(async kind =>
        {
            var after = await CookiesAsync(context);
            Assert.Equal((kind, string.Join('\n', cookies)), (kind, string.Join('\n', after)));
            Assert.Equal((kind, before), (kind, Calls(site)));
        });
        Assert.Equal(200, (await page.FetchAsync("/auth/user")).Status);

        async Task AttackAsync(Func<string, Task> assertUnchanged)
        {
            foreach (var kind in CrossSiteRequests.Kinds)
            {
                foreach (var endpoint in _endpoints)
                {
                    await attacker.SendCrossSiteAsync(kind, site.Url(endpoint));
                }

                await assertUnchanged(kind);
            }
        }
    }

    [Fact]
    public async Task Form_of_another_site_that_navigates_to_the_logout_does_not_sign_out()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        var cookies = await CookiesAsync(context);
        var before = Calls(site);

        await page.GotoAsync(other.Address);
        await page.SubmitFormAsync(site.Url("/auth/logout"));

        await page.WaitForURLAsync(site.Url("/"));
        await page.AssertShowsAsync(SpaJourney.SignedIn);
        Assert.Equal(cookies, await CookiesAsync(context));
        Assert.Equal(before, Calls(site));
    }

    [Fact]
    public async Task Link_of_another_site_to_the_login_is_a_deep_link()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();

        await FollowAsync();
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(SpaJourney.Account);

        // A signed-in user is redirected at once.
        var before = site.Binance.Requests.Count(EmulatorEndpoint.Authorize);
        await FollowAsync();
        await page.AssertShowsAsync(SpaJourney.Account);
        Assert.Equal(site.Url("/account"), page.Url);
        Assert.Equal(before, site.Binance.Requests.Count(EmulatorEndpoint.Authorize));

        async Task FollowAsync()
        {
            await page.GotoAsync(other.Address);
            await page.FollowLinkAsync(site.Url("/auth/login?returnUrl=/account"));
        }
    }

    [Fact]
    public async Task Link_of_another_site_to_the_login_does_not_lead_to_a_third_one()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        await page.GotoAsync(other.Address);

        await page.GotoAsync(site.Url($"/auth/login?returnUrl={Uri.EscapeDataString(other.Address)}"));
        await page.AuthorizeAsync();

        await page.AssertShowsAsync(SpaJourney.SignedIn);
        Assert.Equal(site.Url("/"), page.Url);
    }

    private static (int Refreshes, int Revocations, int SignIns) Calls(SpaSite site)
        => (site.RefreshCalls, site.Binance.Requests.Count(EmulatorEndpoint.Revoke), site.Binance.Requests.Count(EmulatorEndpoint.Authorize));

    private static async Task<string[]> CookiesAsync(IBrowserContext context)
        => [.. (await context.CookiesAsync()).Select(cookie => $"{cookie.Domain} {cookie.Name}={cookie.Value} {cookie.Expires}").Order(StringComparer.Ordinal)];
}
