using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A page that signs in to another cookie with tokens that it copied from a session, or that another provider issued.
/// </summary>
public sealed class CopiedTokensTests
{
    private const string Another = "another-access-token";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copied_tokens_are_refreshed_when_they_are_due()
    {
        await using var site = await StartAsync(static session => WithTokens([.. session.GetTokens()]));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/copy");
        site.Clock.Pass(TestSite.TokenLifetime);

        var session = await browser.SessionAsync("Other");

        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_copied_access_token_alone_begins_a_session()
    {
        await using var site = await StartAsync(static session => WithTokens(AccessToken(session.GetTokenValue("access_token")!)));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/copy");

        Assert.NotNull((await browser.SessionAsync("Other")).Id);
    }

    [Fact]
    public async Task A_copied_refresh_token_with_another_access_token_begins_a_session()
    {
        await using var site = await StartAsync(static session => WithTokens(
            AccessToken(Another), new() { Name = "refresh_token", Value = session.GetTokenValue("refresh_token")! }));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/copy");

        Assert.NotNull((await browser.SessionAsync("Other")).Id);
    }

    [Fact]
    public async Task Tokens_of_another_provider_begin_no_session_of_Binance()
    {
        await using var site = await StartAsync(static _ => WithTokens(AccessToken(Another)));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/copy");

        var session = await browser.SessionAsync("Other");
        Assert.True(session.SignedIn);
        Assert.Null(session.Id);
    }

    [Fact]
    public async Task Copied_tokens_belong_to_the_scheme_that_the_properties_name()
    {
        await using var site = await StartAsync(
            static session =>
            {
                var copy = WithTokens([.. session.GetTokens()]);
                copy.Items[".AuthScheme"] = "Second";
                return copy;
            },
            static setup =>
            {
                var schemes = setup.Authentication;
                setup.Authentication = builder =>
                {
                    schemes(builder);
                    builder.AddSecondBinance(setup.Server);
                };
            });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/copy");

        Assert.Equal("Second", (await browser.SessionAsync("Other")).Items.GetValueOrDefault(".binance"));
    }

    // The outcome of the refresh is kept for ten minutes.
    [Fact]
    public async Task A_sign_in_with_properties_of_an_earlier_request_stores_the_tokens_that_were_refreshed_since()
    {
        AuthenticateResult? kept = null;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/keep"] = async context => kept = await context.AuthenticateAsync("Cookies");
            setup.Pages["/again"] = context => context.SignInAsync("Cookies", kept!.Principal!, kept.Properties);
        });
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/keep");
        site.Clock.Pass(TestSite.TokenLifetime);
        var newest = await browser.SessionAsync();

        await browser.GetAsync("/again");
        site.Clock.Pass(TimeSpan.FromMinutes(12));

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.Equal(newest.AccessToken, session.AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_store_of_another_cookie_that_fails_does_not_prevent_a_sign_in_with_tokens_of_another_provider()
    {
        var store = new CookieTicketStore();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Other", cookie => cookie.SessionStore = store);
            AddForeignPage(setup);
        });
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        store.BeforeRead = static () => throw new IOException("The store is unavailable.");

        await browser.GetAsync("/foreign");

        Assert.Equal("another", (await browser.SessionAsync()).UserId);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_sign_in_with_tokens_of_another_provider_does_not_wait_for_a_refresh()
    {
        await using var site = await TestSite.StartAsync(ConfigureForeign);
        var browser = site.Browser();
        await browser.AdoptAsync(site.NewTicket(), "Other");
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var refresh = browser.SendAsync("/session?scheme=Other");
        await hold.WaitForCallsAsync(1, Stop);

        await browser.GetAsync("/foreign");

        hold.Release();
        await refresh;
        Assert.Equal("another", (await browser.SessionAsync()).UserId);
    }

    [Fact]
    public async Task A_sign_in_with_tokens_of_another_provider_sends_no_command_to_the_cache_of_the_farm()
    {
        await using var farm = await Farm.StartAsync(ConfigureForeign);
        var browser = farm.First.Browser();
        await browser.AdoptAsync(farm.First.NewTicket(), "Other");
        var commands = farm.Store.Commands.Count;

        await browser.GetAsync("/foreign");

        Assert.Equal(commands, farm.Store.Commands.Count);
        Assert.Equal("another", (await browser.SessionAsync()).UserId);
    }

    private static Task<TestSite> StartAsync(Func<AuthenticationProperties, AuthenticationProperties> copy, Action<SiteSetup>? configure = null)
        => TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Other");
            setup.Pages["/copy"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                await context.SignInAsync("Other", session.Principal!, copy(session.Properties!));
            };
            configure?.Invoke(setup);
        });

    private static void ConfigureForeign(SiteSetup setup)
    {
        setup.Authentication = builder => builder.AddCookie("Other");
        AddForeignPage(setup);
    }

    private static void AddForeignPage(SiteSetup setup)
        => setup.Pages["/foreign"] = context => context.SignInAsync("Cookies", CookieSites.User("another"), WithTokens(AccessToken(Another)));

    private static AuthenticationToken AccessToken(string value) => new() { Name = "access_token", Value = value };

    private static AuthenticationProperties WithTokens(params AuthenticationToken[] tokens)
    {
        var properties = new AuthenticationProperties();
        properties.StoreTokens(tokens);
        return properties;
    }
}
