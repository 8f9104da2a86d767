using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The site of the README, as a reader pastes it: compiled, started as a process of its own, and used with a browser.
/// </summary>
public sealed class ReadmeSiteTests
{
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Protected_page_leads_to_the_login_and_is_shown_after_it()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);
        Assert.Contains("Login with Binance", (await browser.OpenAsync("/")).Html, StringComparison.Ordinal);

        var consent = await browser.OpenAsync("/protected");
        Assert.Equal(binance.BaseAddress.Authority, consent.Url.Authority);

        var page = await AuthorizeAsync(browser, consent);
        Assert.Equal((HttpStatusCode.OK, new Uri(site.Address, "/protected")), (page.Status, page.Url));
        Assert.Contains("Only users who are signed in see this page.", page.Html, StringComparison.Ordinal);
        Assert.Contains($"Signed in as {BinanceEmulatorDefaults.UserId}.", (await browser.OpenAsync("/")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_sign_in_ends_on_a_page_that_says_so_and_offers_to_try_again()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);

        var page = await browser.SubmitAsync(await browser.OpenAsync("/protected"), ("decision", "cancel"), ("user", BinanceEmulatorDefaults.UserId));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(new Uri(site.Address, "/auth/failed?failure=access_denied&returnUrl=%2Fprotected"), page.Url);
        Assert.Contains("Sign-in cancelled", page.Html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"login?returnUrl=%2Fprotected\">Try again</a>", page.Html, StringComparison.Ordinal);

        page = await AuthorizeAsync(browser, await browser.OpenAsync("/auth/login?returnUrl=%2Fprotected"));
        Assert.Equal(new Uri(site.Address, "/protected"), page.Url);
    }

    [Fact]
    public async Task Sign_out_takes_the_form_with_its_antiforgery_token_and_revokes()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);
        await AuthorizeAsync(browser, await browser.OpenAsync("/protected"));
        var token = Assert.Single(binance.Tokens.AccessTokens).Value;
        var home = await browser.OpenAsync("/");

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(new Uri(site.Address, "/auth/logout"))).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await browser.OpenAsync("/auth/logout")).Status);
        Assert.True(binance.Tokens.IsLive(token));
        Assert.Equal(new Uri(site.Address, "/protected"), (await browser.OpenAsync("/protected")).Url);

        var page = await browser.SubmitAsync(home);
        Assert.Equal((HttpStatusCode.OK, new Uri(site.Address, "/")), (page.Status, page.Url));
        Assert.Contains("Login with Binance", page.Html, StringComparison.Ordinal);
        Assert.Equal(1, binance.Requests.Count(request => request.Endpoint == EmulatorEndpoint.Revoke));
        Assert.False(binance.Tokens.IsLive(token));

        // The form of a second tab.
        page = await browser.SubmitAsync(home);
        Assert.Equal((HttpStatusCode.OK, new Uri(site.Address, "/")), (page.Status, page.Url));
        Assert.Equal(binance.BaseAddress.Authority, (await browser.OpenAsync("/protected")).Url.Authority);
    }

    [Fact]
    public async Task Token_that_has_expired_is_refreshed_and_the_user_stays_signed_in()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AccessTokenLifetime = _short, Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);
        await AuthorizeAsync(browser, await browser.OpenAsync("/auth/login"));

        var page = await OpenUntilAsync(browser, _ => binance.Requests.Any(request => request.GrantType == "refresh_token"));

        Assert.Equal((HttpStatusCode.OK, new Uri(site.Address, "/protected")), (page.Status, page.Url));
        Assert.InRange(binance.Requests.Count(request => request is { GrantType: "refresh_token", Status: 200 }), 1, 2);
    }

    [Fact]
    public async Task Session_whose_refresh_is_refused_leads_to_the_login()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AccessTokenLifetime = _short, Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);
        var consent = await browser.OpenAsync("/auth/login");
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(
            """{"access_token":"access","refresh_token":"revoked","token_type":"bearer","expires_in":1}"""));
        binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body("""{"code":"000000","data":{"userId":"7"},"success":true}"""));
        await AuthorizeAsync(browser, consent);

        var page = await OpenUntilAsync(browser, page => page.Url.AbsolutePath != "/protected");

        Assert.Equal(binance.BaseAddress.Authority, page.Url.Authority);
    }

    [Fact]
    public async Task Back_button_says_who_is_signed_in()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);
        Assert.True((await browser.OpenAsync("/")).IsNotStored);
        var consent = await browser.OpenAsync("/protected");
        await AuthorizeAsync(browser, consent);

        var page = await AuthorizeAsync(browser, await browser.OpenAsync(consent.Url.AbsoluteUri));

        Assert.Equal((HttpStatusCode.OK, "/auth/failed"), (page.Status, page.Url.AbsolutePath));
        Assert.Contains("You are signed in", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_in_returns_to_the_opened_page_if_it_is_on_this_site()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, Token);
        await using var site = await StartSiteAsync(binance);

        (string Opened, string Returned)[] cases =
        [
            ("/auth/login", "/"),
            ("/auth/login?returnUrl=%2Fprotected", "/protected"),
            ("/auth/login?returnUrl=https%3A%2F%2Fevil.example", "/"),
            ("/auth/login?returnUrl=%2F%2Fevil.example", "/"),
            ("/auth/login?returnUrl=%2F%5Cevil.example", "/"),
            ("/auth/login?returnUrl=%2F%09%2Fevil.example", "/"),
        ];
        foreach (var (opened, returned) in cases)
        {
            using var browser = new ReadmeBrowser(site.Address);
            var page = await browser.OpenAsync(opened);

            Assert.Equal((opened, HttpStatusCode.OK, new Uri(site.Address, returned)), (opened, page.Status, page.Url));
        }
    }

    [Fact]
    public async Task Page_shows_the_user_id_as_text()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, Token);
        binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body("""{"code":"000000","data":{"userId":"<b>7</b>"},"success":true}"""));
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);

        var page = await browser.OpenAsync("/auth/login");

        Assert.Contains("Signed in as &lt;b&gt;7&lt;/b&gt;.", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_page_repeats_no_script_and_no_link_to_another_site()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Token);
        await using var site = await StartSiteAsync(binance);
        using var browser = new ReadmeBrowser(site.Address);

        var script = await browser.OpenAsync("/auth/failed?failure=<script>alert(1)</script>&returnUrl=/\"><script>alert(1)</script>");
        var link = await browser.OpenAsync("/auth/failed?failure=unavailable&returnUrl=https%3A%2F%2Fevil.example");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (script.Status, link.Status));
        Assert.DoesNotContain("<script", script.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The sign-in failed", script.Html, StringComparison.Ordinal);
        Assert.Contains("Binance cannot be reached", link.Html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"login?returnUrl=%2F\">", link.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Development_without_credentials_signs_in_at_its_own_emulator()
    {
        await using var site = await ReadmeSite.StartAsync("Development");
        using var browser = new ReadmeBrowser(site.Address);

        var page = await AuthorizeAsync(browser, await browser.OpenAsync("/protected"));

        Assert.Equal(new Uri(site.Address, "/protected"), page.Url);
    }

    [Fact]
    public async Task Production_without_credentials_does_not_start()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadmeSite.StartAsync("Production"));

        Assert.Contains("ClientId", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ClientSecret", exception.Message, StringComparison.Ordinal);
    }

    // Its time is the system's: the page is opened until the token is due.
    private static async Task<ReadmePage> OpenUntilAsync(ReadmeBrowser browser, Predicate<ReadmePage> isReached)
    {
        while (true)
        {
            TestTimeout.Token.ThrowIfCancellationRequested();
            if (await browser.OpenAsync("/protected") is var page && isReached(page))
            {
                return page;
            }
        }
    }

    private static Task<ReadmePage> AuthorizeAsync(ReadmeBrowser browser, ReadmePage consent)
        => browser.SubmitAsync(consent, ("decision", "authorize"), ("user", BinanceEmulatorDefaults.UserId));

    private static Task<ReadmeSite> StartSiteAsync(BinanceEmulator binance)
    {
        var server = new BinanceAuthenticationOptions();
        server.UseServer(binance.BaseAddress);
        (string Key, string Value)[] settings =
        [
            ("ClientId", BinanceEmulatorDefaults.ClientId),
            ("ClientSecret", BinanceEmulatorDefaults.ClientSecret),
            ("AuthorizationEndpoint", server.AuthorizationEndpoint),
            ("TokenEndpoint", server.TokenEndpoint),
            ("UserInformationEndpoint", server.UserInformationEndpoint),
            ("RevocationEndpoint", server.RevocationEndpoint),
        ];
        return ReadmeSite.StartAsync("Production", [.. settings.Select(setting => $"--Authentication:Schemes:Binance:{setting.Key}={setting.Value}")]);
    }
}
