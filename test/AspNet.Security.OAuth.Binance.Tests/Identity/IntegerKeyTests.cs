using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Users of Identity with integer keys: the user id of Binance is not confused with a key.
/// </summary>
public sealed class IntegerKeyTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();
    private readonly CalledApi _api = new();

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return _database.DisposeAsync();
    }

    // With integer keys, Identity's type converter parses Binance's user id 000…01 as the key 1 of the first user.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Binance_user_whose_id_equals_the_key_of_an_Identity_user_does_not_get_that_user_s_token(bool keepsTokens)
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
                    // The effect of [Authorize(AuthenticationSchemes = "Cookies")].
                    context.User = (await context.AuthenticateAsync("Cookies")).Principal!;
                    await site.Pages["/call"](context);
                };
                site.Pages["/plain-login"] = context => context.ChallengeAsync("Plain", new AuthenticationProperties { RedirectUri = "/" });
                site.Authentication = builder => AddPlain(builder, site.Server, keepsTokens);
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
        await browser.SignInAsync(scheme: "Plain", login: "/plain-login");
        Assert.Equal(Attacker, (await browser.SessionAsync("Cookies")).UserId);

        await browser.GetAsync("/plain-call");
        site.Clock.Pass(StoreOutages.DueAge);
        await browser.GetAsync("/plain-call");

        Assert.Equal(["Bearer " + token], _api.Sent);
        Assert.True(site.Emulator.Tokens.IsLive(token));
        await browser.GetAsync("/sign-out?scheme=Cookies");
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
}
