using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The exceptions of <see cref="BinanceEmulator.SignInAsync"/> and <see cref="BinanceEmulator.CancelSignInAsync"/>.</summary>
public sealed class SignInWalkErrorTests : SignInWalkTest
{
    [Fact]
    public async Task A_path_without_a_sign_in_throws_without_its_query()
    {
        using var browser = Browser();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.SignInAsync(browser, "/me?secret=1", cancellationToken: Cancellation));

        Assert.Contains("ended at http://localhost/me with status 200", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_of_another_emulator_throws()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var browser = Browser();

        await Assert.ThrowsAsync<InvalidOperationException>(() => other.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_refused_authorize_request_throws_with_the_reason()
    {
        Binance.Clients.Clear();
        using var browser = Browser();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains("400: The client_id in the request is not registered with this emulator. Received: binance-emulator-client.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_authorize_page_throws_with_the_fault()
    {
        using var browser = Browser();
        Binance.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.FirewallChallenge);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains("202: the fault FirewallChallenge was applied to it.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_differs_from_AutoApprove_throws()
    {
        Binance.Options.AutoApprove = true;
        using var browser = RealBrowser(await StartOnKestrelAsync());

        var cancelled = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.CancelSignInAsync(browser, "/auth/login", Cancellation));
        using var other = RealBrowser(browser.BaseAddress!);
        var named = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Binance.SignInAsync(other, "/auth/login", BinanceEmulatorDefaults.SecondUserId, Cancellation));

        Assert.All([cancelled, named], exception => Assert.Contains("the client follows redirects, and AutoApprove decides", exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_authorize_request_of_another_server_is_not_sent()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        await using var site = await StartSiteAsync(
            services => services.AddBinanceEmulator(),
            app => app.MapGroup("/binance").MapBinanceEmulator(),
            options => options.UseServer(other.BaseAddress));
        using var browser = Browser(site);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => site.Services.GetRequiredService<BinanceEmulator>().SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains($"it redirects to {other.BaseAddress}en/oauth/authorize", exception.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_client_that_is_signed_in_already_throws()
    {
        using var browser = Browser();
        using var page = await Binance.SignInAsync(browser, "/protected", cancellationToken: Cancellation);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.SignInAsync(browser, "/protected", cancellationToken: Cancellation));

        Assert.Contains("is the client not signed in yet?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_without_a_base_address_throws()
    {
        using var browser = new HttpClient();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => Binance.SignInAsync(browser, "/auth/login", cancellationToken: Cancellation));

        Assert.Contains("no BaseAddress", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_uri_of_an_app_throws()
    {
        Binance.Clients.Add(new EmulatorClient { ClientId = "app", RedirectUris = ["com.example.app:/callback"] });
        using var browser = Browser();
        var authorize = new Uri(Binance.BaseAddress, Visitor.AuthorizeUrl(("client_id", "app"), ("redirect_uri", "com.example.app:/callback"))).AbsoluteUri;

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.SignInAsync(browser, authorize, cancellationToken: Cancellation));

        Assert.Contains("com.example.app", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_redirects_throw()
    {
        using var browser = Browser();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Binance.SignInAsync(browser, "/round", cancellationToken: Cancellation));

        Assert.Contains("redirects more than 20 times; the last time to http://localhost/round", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_user_throws()
    {
        using var browser = Browser();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => Binance.SignInAsync(browser, "/auth/login", "nobody", Cancellation));

        Assert.Equal("userId", exception.ParamName);
    }
}
