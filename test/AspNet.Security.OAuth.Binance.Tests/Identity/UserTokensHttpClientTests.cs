using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// <c>AddBinanceAccessToken</c> sends the token of the Identity user of the request, and no other.
/// </summary>
public sealed class UserTokensHttpClientTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();
    private readonly CalledApi _api = new();

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return _database.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_of_the_request_s_session_is_sent()
    {
        await using var site = await StartAsync();
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        string[] tokens = [await one.RegisterAsync(), await other.SignInAsync()];

        Assert.Equal("called", await CallAsync(one));
        Assert.Equal("called", await CallAsync(other));

        Assert.Equal(tokens.Select(token => "Bearer " + token), _api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Due_token_is_refreshed_and_stored_before_it_is_sent()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(TimeSpan.FromHours(9));

        await CallAsync(browser);
        await CallAsync(browser);

        var token = Assert.Single(_api.Sent.Distinct())!["Bearer ".Length..];
        Assert.NotEqual(old, token);
        Assert.True(site.Emulator.Tokens.IsLive(token));
        Assert.Contains(token, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_of_a_linked_login_is_sent()
    {
        await using var site = await StartAsync();
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync();
        var token = await browser.LinkAsync();

        await CallAsync(browser);

        Assert.Equal(["Bearer " + token], _api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Good_token_is_sent_while_Binance_is_unavailable()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.Equal("called", await CallAsync(browser));

        Assert.Equal(["Bearer " + old], _api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_without_a_signed_in_user_is_not_sent()
    {
        await using var site = await StartAsync();
        await new AccountBrowser(site).RegisterAsync();

        Assert.Contains("nobody is signed in", await CallAsync(new AccountBrowser(site)), StringComparison.Ordinal);

        Assert.Empty(_api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Exception_says_to_sign_in_when_the_user_has_no_tokens()
    {
        await using var site = await StartAsync();
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync();

        var message = await CallAsync(browser);

        Assert.Contains("sign in", message, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody is signed in", message, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Exception_says_to_sign_in_when_the_refresh_was_refused()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Contains("sign in", await CallAsync(browser), StringComparison.Ordinal);

        Assert.Empty(_api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Copied_cookie_sends_no_token_after_the_sign_out()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        var copy = browser.Copy();
        await browser.SignOutAsync();

        await CallAsync(copy);

        Assert.Empty(_api.Sent);
    }

    // The external cookie of another user's unfinished sign-in has tokens, and is not a session.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_of_an_abandoned_sign_in_is_not_sent(bool hasTokens)
    {
        await using var site = await StartAsync();
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync();
        var own = hasTokens ? await browser.LinkAsync() : null;
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.ArriveAsync();

        await CallAsync(browser);

        Assert.Equal(own is null ? [] : ["Bearer " + own], _api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_that_signs_in_sends_the_new_token()
    {
        await using var site = await StartAsync(setup => setup.Pages["/sign-in-and-call"] = async context =>
        {
            await AccountPages<IdentityUser>.SignInWithLoginAsync(context);
            await context.Response.WriteAsync(await CalledApi.TextAsync(context.RequestServices, cancellationToken: context.RequestAborted), context.RequestAborted);
        });
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal("called", (await browser.Browser.GetAsync("/sign-in-and-call")).Body);

        Assert.Equal(["Bearer " + token], _api.Sent);
    }

    private static async Task<string> CallAsync(AccountBrowser browser) => (await browser.Browser.GetAsync("/call")).Body;

    private Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => _database.StartAsync(setup => setup.Site = site =>
    {
        _api.AddTo(site);
        configure?.Invoke(site);
    });
}
