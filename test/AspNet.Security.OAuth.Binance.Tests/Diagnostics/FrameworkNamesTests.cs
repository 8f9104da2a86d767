using System.Reflection;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Diagnostics;

/// <summary>
/// Internal names of the framework that the provider relies on: each is read from what the framework writes.
/// </summary>
public sealed class FrameworkNamesTests
{
    private static readonly Dictionary<string, string> _borrowed = typeof(BinanceAuthenticationHandler).Assembly
        .GetType("AspNet.Security.OAuth.Binance.Diagnostics.FrameworkNames", throwOnError: true)!
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);

    [Fact]
    public void Every_borrowed_name_has_a_test()
        => Assert.Equal(["AuthSchemeItem", "LoginProviderItem", "SessionIdClaim", "TokenItemPrefix"], _borrowed.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Prefix_of_a_token_is_what_StoreTokens_writes()
    {
        var properties = new AuthenticationProperties();

        properties.StoreTokens([new AuthenticationToken { Name = "a_name", Value = "a value" }]);

        Assert.Equal(_borrowed["TokenItemPrefix"] + "a_name", Assert.Single(properties.Items, item => item.Value == "a value").Key);
    }

    [Fact]
    public async Task Item_with_the_provider_is_what_the_SignInManager_writes()
    {
        var services = new ServiceCollection();
        IdentitySetup.Add<IdentityUser, IdentityRole, IdentityDbContext>(services.AddLogging(), static options => options.UseSqlite("DataSource=:memory:"));
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();

        var properties = scope.ServiceProvider.GetRequiredService<SignInManager<IdentityUser>>().ConfigureExternalAuthenticationProperties("a provider", "/");

        Assert.Equal(_borrowed["LoginProviderItem"], Assert.Single(properties.Items, item => item.Value == "a provider").Key);
    }

    [Fact]
    public async Task Item_with_the_scheme_is_what_a_remote_sign_in_writes()
    {
        using var binance = new BinanceStub();
        Dictionary<string, string?> items = [];
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            // Without tokens the provider writes no item of its own.
            (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false);
            options.Events.OnTicketReceived = context =>
            {
                items = context.Properties!.Items.ToDictionary();
                return Task.CompletedTask;
            };
        });

        await site.Browser().SignInAsync();

        Assert.Equal(_borrowed["AuthSchemeItem"], Assert.Single(items, item => item.Value == "Binance").Key);
    }

    [Fact]
    public async Task Claim_with_the_key_of_a_stored_session_is_what_the_cookie_handler_writes()
    {
        using var binance = new BinanceStub();
        var store = new CookieTicketStore();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Cookie = options => options.SessionStore = store);
        var browser = site.Browser();

        await browser.SignInAsync();
        var options = site.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies");
        var cookie = options.TicketDataFormat.Unprotect(browser.Cookie(options.Cookie.Name!));

        var claim = Assert.Single(cookie!.Principal.Claims);
        Assert.Equal((_borrowed["SessionIdClaim"], Assert.Single(store.Keys)), (claim.Type, claim.Value));
    }
}
