using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// <c>AddBinanceAccessToken</c> finds the token of Identity's user in whose request the code runs, and of nobody else.
/// </summary>
public sealed class UserTokensHttpClientTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();
    private readonly CallingSite _api = new();

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return _database.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_token_of_the_request_s_session_is_sent_and_not_that_of_another_device()
    {
        await using var site = await StartAsync();
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        string[] tokens = [await one.RegisterAsync(), await other.SignInAsync()];

        Assert.Equal("answered", await CallAsync(one));
        Assert.Equal("answered", await CallAsync(other));

        Assert.Equal(tokens.Select(token => "Bearer " + token), _api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_that_is_due_is_refreshed_and_stored_before_it_is_sent()
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
    public async Task A_login_that_was_linked_is_found_in_the_next_request()
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
    public async Task In_an_outage_a_good_token_is_sent()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.Equal("answered", await CallAsync(browser));

        Assert.Equal(["Bearer " + old], _api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_s_request_sends_nothing()
    {
        await using var site = await StartAsync();
        await new AccountBrowser(site).RegisterAsync();

        Assert.Contains("nobody is signed in", await CallAsync(new AccountBrowser(site)), StringComparison.Ordinal);

        Assert.Empty(_api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_user_without_a_sign_in_of_Binance_is_told_to_sign_in()
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
    public async Task A_user_whose_refresh_was_refused_is_told_to_sign_in_again()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.Contains("sign in", await CallAsync(browser), StringComparison.Ordinal);

        Assert.Empty(_api.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task After_the_sign_out_a_copy_of_the_cookie_sends_nothing()
    {
        await using var site = await StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        var copy = browser.Copy();
        await browser.SignOutAsync();

        await CallAsync(copy);

        Assert.Empty(_api.Sent);
    }

    // The external cookie of somebody else's sign-in holds tokens, and is no session.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_token_of_an_abandoned_sign_in_is_not_sent(bool hasTokens)
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

    // In the request that signs in, too.
    [Fact(Timeout = 60_000)]
    public async Task The_page_that_signs_in_sends_the_new_token()
    {
        await using var site = await StartAsync(setup => setup.Pages["/sign-in-and-call"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            var info = (await signIn.GetExternalLoginInfoAsync())!;
            Assert.True((await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false)).Succeeded);
            await context.Response.WriteAsync(await CallingSite.TextAsync(context.RequestServices, cancellationToken: context.RequestAborted), context.RequestAborted);
        });
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal("answered", (await browser.Browser.GetAsync("/sign-in-and-call")).Body);

        Assert.Equal(["Bearer " + token], _api.Sent);
    }

    // A confusion of two kinds of ids: with integer keys, Identity's converter reads Binance's 000…01 as the key 1, which is the first user's.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Binance_user_whose_id_equals_the_key_of_one_of_Identity_s_users_gets_nothing_of_that_user(bool keepsTokens)
    {
        await using var site = await _database.StartAsync(setup =>
        {
            setup.AddIdentity = IdentitySetup.Add<IdentityUser<int>, IdentityRole<int>, IdentityDbContext<IdentityUser<int>, IdentityRole<int>, int>>;
            setup.Context = typeof(IdentityDbContext<IdentityUser<int>, IdentityRole<int>, int>);
            setup.Pages = AccountPages<IdentityUser<int>>.AddTo;
            setup.Site = site =>
            {
                _api.AddTo(site);
                site.Pages["/plain-call"] = async context =>
                {
                    // As [Authorize(AuthenticationSchemes = "Cookies")] does it.
                    context.User = (await context.AuthenticateAsync("Cookies")).Principal!;
                    await site.Pages["/call"](context);
                };
                site.Pages["/plain-login"] = context => context.ChallengeAsync("Plain", new AuthenticationProperties { RedirectUri = "/" });
                site.Authentication = (builder, binance) => AddPlain(builder, binance, keepsTokens);
            };
        });
        AddPlainClient(site.Emulator);
        var victim = new AccountBrowser(site);
        var token = await victim.RegisterAsync();
        await CallAsync(victim);
        Assert.Equal(["Bearer " + token], _api.Sent);
        const string Attacker = "00000000000000000000000000000001";
        site.Emulator.Users.Add(new() { UserId = Attacker, Label = "Attacker" });
        site.Emulator.Options.AutoApproveUser = Attacker;
        var browser = site.Browser();
        await browser.SignInAsync("Plain", "/plain-login");
        Assert.Equal(Attacker, (await browser.SessionAsync()).UserId);

        await browser.GetAsync("/plain-call");
        site.Clock.Pass(StoreOutages.DueAge);
        await browser.GetAsync("/plain-call");

        Assert.Equal(["Bearer " + token], _api.Sent);
        Assert.True(site.Emulator.Tokens.IsLive(token));
        await browser.GetAsync("/sign-out");
        Assert.True(site.Emulator.Tokens.IsLive(token));
    }

    private static void AddPlain(AuthenticationBuilder builder, Uri binance, bool keepsTokens) => builder.AddBinance("Plain", options =>
    {
        options.ClientId = "plain-client";
        options.ClientSecret = "plain-secret";
        options.CallbackPath = "/signin-plain";
        options.SignInScheme = "Cookies";
        (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (keepsTokens, keepsTokens, keepsTokens);
        options.UseServer(binance);
    });

    private static void AddPlainClient(BinanceEmulator emulator) => emulator.Clients.Add(new()
    {
        ClientId = "plain-client",
        ClientSecret = "plain-secret",
        RedirectUris = ["http://localhost/signin-plain"],
    });

    private static async Task<string> CallAsync(AccountBrowser browser) => (await browser.Browser.GetAsync("/call")).Body;

    private Task<LifetimeSite> StartAsync(Action<LifetimeSetup>? configure = null) => _database.StartAsync(setup => setup.Site = site =>
    {
        _api.AddTo(site);
        configure?.Invoke(site);
    });
}
