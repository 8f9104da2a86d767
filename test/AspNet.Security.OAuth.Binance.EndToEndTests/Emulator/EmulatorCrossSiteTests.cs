using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// A page of another site can link to an emulator on this machine, and nothing else.
/// </summary>
public sealed class EmulatorCrossSiteTests(Browser browser)
{
    [Theory(Timeout = 120_000)]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Page_of_another_site_or_port_does_nothing(string host)
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        Register(binance, other);
        var issued = binance.Tokens.Issue();
        foreach (var endpoint in Enum.GetValues<EmulatorEndpoint>())
        {
            binance.Faults.Next(endpoint, EmulatorFault.Status(503));
        }

        var pending = binance.Faults.PendingCount;
        var attacker = await context.NewPageAsync();
        await attacker.GotoAsync(other.Address);

        foreach (var kind in CrossSiteRequests.Kinds)
        {
            binance.Requests.Clear();
            foreach (var path in (string[])
            [
                AuthorizePath(other), "/", "/emulator", "/oauth/token", "/oauth-api/v1/user-info", "/oauth-api/v1/revoke-token",
                "/emulator/api/v1/health", "/emulator/api/v1/reset", "/emulator/api/v1/tokens/revoke",
            ])
            {
                await attacker.SendCrossSiteAsync(kind, $"http://{host}:{binance.BaseAddress.Port}{path}");
            }

            Assert.NotEmpty(binance.Requests);
            Assert.All(binance.Requests, request => Assert.Equal((kind, 403, null), (kind, request.Status, request.Fault)));
        }

        Assert.Equal(pending, binance.Faults.PendingCount);
        Assert.True(binance.Tokens.IsLive(issued.AccessToken));
        Assert.Single(binance.Tokens.AccessTokens);
        Assert.Empty(await context.CookiesAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Link_of_another_site_is_followed_and_gets_the_fault(string host)
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        Register(binance, other);
        var url = $"http://{host}:{binance.BaseAddress.Port}{AuthorizePath(other)}";
        binance.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.Body("Scripted", 503, "text/plain"));
        var page = await context.NewPageAsync();

        await FollowAsync();
        await page.GetByText("Scripted").WaitForAsync();
        Assert.Equal(0, binance.Faults.PendingCount);
        await FollowAsync();
        await page.WaitForURLAsync($"{other.Address}?code=*");

        async Task FollowAsync()
        {
            await page.GotoAsync(other.Address);
            await page.FollowLinkAsync(url);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("/emulator")]
    [InlineData("/oauth/token")]
    [InlineData("/emulator/api/v1/reset")]
    [InlineData("authorize")]
    public async Task Form_of_another_site_that_navigates_does_nothing(string path)
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        Register(binance, other);
        var issued = binance.Tokens.Issue();
        var page = await context.NewPageAsync();
        await page.GotoAsync(other.Address);

        var response = await page.RunAndWaitForResponseAsync(
            () => page.SubmitFormAsync(new Uri(binance.BaseAddress, path == "authorize" ? AuthorizePath(other) : path).AbsoluteUri),
            response => response.Request.Method == "POST");

        Assert.Equal(403, response.Status);
        Assert.True(binance.Tokens.IsLive(issued.AccessToken));
    }

    [Fact(Timeout = 120_000)]
    public async Task Login_in_a_popup_keeps_its_opener()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        Register(binance, other);
        var page = await context.NewPageAsync();
        await page.GotoAsync(other.Address);

        var popup = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync(
            "url => { window.popup = window.open(url); window.received = new Promise(resolve => addEventListener('message', message => resolve(message.data))); }",
            new Uri(binance.BaseAddress, AuthorizePath(other)).AbsoluteUri));
        await popup.AuthorizeAsync();

        // Not for the load event: in a popup it may come before the wait for it begins, which then does not end.
        await popup.WaitForURLAsync($"{other.Address}?code=*", new() { WaitUntil = WaitUntilState.Commit });
        await popup.EvaluateAsync("() => window.opener.postMessage(location.search, location.origin)");

        Assert.StartsWith("?code=", await page.EvaluateAsync<string>("() => window.received"), StringComparison.Ordinal);
        Assert.False(await page.EvaluateAsync<bool>("() => window.popup.closed"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Status_page_in_a_popup_has_no_opener()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        await page.GotoAsync(other.Address);

        var popup = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("url => { window.open(url); }", binance.BaseAddress.AbsoluteUri));
        await popup.GetByRole(AriaRole.Heading, new() { Name = "Binance emulator" }).WaitForAsync();

        Assert.True(await popup.EvaluateAsync<bool>("() => window.opener === null"));
    }

    [Fact(Timeout = 120_000)]
    public async Task User_with_the_control_key_has_access_and_a_page_of_another_site_has_none()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AllowedHosts.Add("binance.localhost"), TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var address = $"http://binance.localhost:{binance.BaseAddress.Port}/";
        var page = await context.NewPageAsync();

        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Heading, new() { Name = "This page needs the control key" }).WaitForAsync();
        await page.GotoAsync($"{address}?key={binance.Options.ControlKey}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Binance emulator" }).WaitForAsync();
        Assert.Equal(address, page.Url);

        await page.GotoAsync(other.Address);
        await page.SendCrossSiteAsync("image", address);
        await page.SendCrossSiteAsync("fetch no-cors with cookies", address);
        Assert.Equal([403, 403], binance.Requests.TakeLast(2).Select(request => request.Status));
    }

    [Fact(Timeout = 120_000)]
    public async Task Sign_in_works_under_an_allowed_name()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AllowedHosts.Add("binance.localhost"), TestContext.Current.CancellationToken);
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        Register(binance, other);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"http://binance.localhost:{binance.BaseAddress.Port}{AuthorizePath(other)}");
        await page.AuthorizeAsync();

        await page.WaitForURLAsync($"{other.Address}?code=*");
    }

    private static void Register(BinanceEmulator binance, OtherSite other)
        => binance.Clients.Add(new EmulatorClient { ClientId = "other-site", ClientSecret = "its-secret", RedirectUris = [other.Address] });

    private static string AuthorizePath(OtherSite other)
        => $"/en/oauth/authorize?response_type=code&client_id=other-site&scope=user:openId&redirect_uri={Uri.EscapeDataString(other.Address)}";
}
