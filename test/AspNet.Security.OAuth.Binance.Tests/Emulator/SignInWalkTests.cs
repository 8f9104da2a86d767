using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary><see cref="BinanceEmulator.SignInAsync"/> and <see cref="BinanceEmulator.CancelSignInAsync"/> at a site.</summary>
public sealed class SignInWalkTests : SignInWalkTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_signs_in_with_and_without_automatic_redirects(bool followsRedirects)
    {
        using var browser = Browser(followsRedirects);

        using var page = await Binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal((HttpStatusCode.OK, "/me"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(BinanceEmulatorDefaults.UserId, await browser.GetStringAsync("/me", Cancellation));
    }

    [Fact]
    public async Task A_named_user_is_signed_in()
    {
        using var browser = Browser();

        using var page = await Binance.SignInAsync(browser, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.SecondUserId, Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_user_of_the_options_is_signed_in_when_none_is_named()
    {
        Binance.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        using var browser = Browser();

        using var page = await Binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_protected_page_starts_the_sign_in_and_is_returned()
    {
        using var browser = Browser();

        using var page = await Binance.SignInAsync(browser, "/protected", cancellationToken: Cancellation);

        Assert.Equal((HttpStatusCode.OK, "/protected"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
    }

    [Fact]
    public async Task Concurrent_sign_ins_are_independent()
    {
        using var first = Browser();
        using var second = Browser();

        var pages = await Task.WhenAll(
            Binance.SignInAsync(first, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.UserId, Cancellation),
            Binance.SignInAsync(second, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.SecondUserId, Cancellation));

        Assert.Equal(
            [BinanceEmulatorDefaults.UserId, BinanceEmulatorDefaults.SecondUserId],
            await Task.WhenAll(pages.Select(page => page.Content.ReadAsStringAsync(Cancellation))));
        Assert.All(pages, page => page.Dispose());
    }

    [Fact]
    public async Task A_cancelled_sign_in_ends_on_the_failure_page()
    {
        using var browser = Browser();

        using var page = await Binance.CancelSignInAsync(browser, "/auth/login", Cancellation);

        Assert.Equal("/auth/failed", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("", await browser.GetStringAsync("/me", Cancellation));
        Assert.Empty(Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task A_fault_of_the_token_endpoint_ends_on_the_failure_page()
    {
        using var browser = Browser();
        Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var page = await Binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation);

        Assert.Equal("/auth/failed", page.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task An_emulator_in_the_sites_host_signs_in()
    {
        await using var site = await StartSiteAsync(
            services => services.AddBinanceEmulator(),
            app => app.MapGroup("/binance").MapBinanceEmulator(),
            options => options.UseServer(new Uri("http://localhost/binance/")),
            backchannelOfItself: true);
        var binance = site.Services.GetRequiredService<BinanceEmulator>();
        using var browser = Browser(site);

        using var page = await binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_client_that_follows_redirects_is_signed_in_by_AutoApprove()
    {
        Binance.Options.AutoApprove = true;
        using var browser = RealBrowser(await StartOnKestrelAsync());

        using var page = await Binance.SignInAsync(browser, "/auth/login?returnUrl=/me", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_client_that_follows_redirects_is_signed_in_as_a_named_user()
    {
        using var browser = RealBrowser(await StartOnKestrelAsync());

        using var page = await Binance.SignInAsync(browser, "/auth/login?returnUrl=/me", BinanceEmulatorDefaults.SecondUserId, Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task The_address_that_a_login_form_redirects_to_is_accepted()
    {
        using var browser = Browser();
        using var posted = await browser.GetAsync("/auth/login?returnUrl=/me", Cancellation);

        using var page = await Binance.SignInAsync(browser, posted.Headers.Location!.AbsoluteUri, cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_denial_that_stays_on_the_page_returns_the_page()
    {
        Binance.Options.DenialBehavior = DenialBehavior.StayOnPage;
        using var browser = Browser();

        using var page = await Binance.CancelSignInAsync(browser, "/auth/login", Cancellation);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Access was not granted", await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fragment_of_the_authorize_address_is_ignored()
    {
        using var browser = Browser();
        using var challenge = await browser.GetAsync("/auth/login?returnUrl=/me", Cancellation);

        using var page = await Binance.SignInAsync(browser, challenge.Headers.Location!.AbsoluteUri + "#top", cancellationToken: Cancellation);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await page.Content.ReadAsStringAsync(Cancellation));
    }
}
