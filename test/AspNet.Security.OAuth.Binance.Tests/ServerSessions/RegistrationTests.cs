
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

public sealed class RegistrationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_signs_in_with_either_order_of_registration(bool binanceComesFirst)
    {
        await using var site = await ServerSite.StartAsync(setup => setup.BinanceComesFirst = binanceComesFirst);

        var browser = await site.SignedInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Store().Tickets());
    }

    [Fact]
    public async Task A_cookie_whose_options_are_recreated_at_run_time_keeps_its_sessions()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        Assert.True(site.Services.GetRequiredService<IOptionsMonitorCache<CookieAuthenticationOptions>>().TryRemove("Cookies"));
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        await browser.GetAsync("/sign-out");
        Assert.Empty(site.Store().Tickets());
    }

    [Fact]
    public void The_arguments_are_checked()
    {
        var builder = new ServiceCollection().AddAuthentication();

        Assert.Throws<ArgumentNullException>(() => ((AuthenticationBuilder)null!).AddBinanceServerSessions());
        Assert.Throws<ArgumentNullException>(() => builder.AddBinanceServerSessions((Action<BinanceServerSessionsOptions>)null!));
        Assert.Throws<ArgumentNullException>(() => builder.AddBinanceServerSessions((string)null!));
        Assert.Throws<ArgumentException>(() => builder.AddBinanceServerSessions(""));
        Assert.Throws<ArgumentNullException>(() => builder.AddBinanceServerSessions("Cookies", null!));
    }

    [Fact]
    public void The_builder_is_returned()
    {
        var builder = new ServiceCollection().AddAuthentication();

        Assert.Same(builder, builder.AddBinanceServerSessions());
        Assert.Same(builder, builder.AddBinanceServerSessions("Cookies"));
    }

    [Fact]
    public async Task A_site_without_server_sessions_has_no_service_for_them()
    {
        await using var site = await TestSite.StartAsync();

        Assert.Null(site.Services.GetService<BinanceSessions>());
    }
}
