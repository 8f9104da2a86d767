using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// What a page of another site can do to an emulator on this machine: open a link to it, and nothing else.
/// </summary>
public sealed class EmulatorCrossSiteTests(Browser browser)
{
    // Resolves when the request has finished, also when it failed.
    private const string Attack =
        """
        async ([how, url]) => {
          document.body.replaceChildren();
          const load = (name, attributes) => new Promise(resolve => {
            const element = Object.assign(document.createElement(name), attributes);
            element.onload = element.onerror = () => resolve(element);
            document.body.append(element);
          });
          const request = init => fetch(url, init).then(response => response.type + response.status, error => error.name);
          switch (how) {
            case "image": await load("img", { src: url }); return "";
            case "script": await load("script", { src: url }); return "";
            case "style sheet": await load("link", { rel: "stylesheet", href: url }); return "";
            case "frame": await load("iframe", { src: url }); return "";
            case "object": await load("object", { data: url }); return "";
            case "prefetch": await load("link", { rel: "prefetch", href: url }); return "";
            case "form in a frame": {
              const frame = await load("iframe", { name: "target", srcdoc: "" });
              const form = Object.assign(document.createElement("form"), { action: url, method: "post", target: "target" });
              document.body.append(form);
              await new Promise(resolve => { frame.onload = resolve; form.submit(); });
              return "";
            }
            case "fetch": return await request({});
            case "fetch no-cors": return await request({ mode: "no-cors" });
            case "fetch no-cors with cookies": return await request({ mode: "no-cors", credentials: "include" });
            case "post": return await request({ method: "POST", body: new URLSearchParams({ grant_type: "refresh_token" }) });
            case "post no-cors": return await request({ method: "POST", mode: "no-cors", body: new URLSearchParams({ grant_type: "refresh_token" }) });
            case "post JSON": return await request({ method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
          }
        }
        """;

    // The preflight of "post JSON" is refused, so that the request itself is not sent.
    public static TheoryData<string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string>();
            foreach (var host in (string[])["127.0.0.1", "localhost"])
            {
                foreach (var how in (string[])
                [
                    "image", "script", "style sheet", "frame", "object", "prefetch", "form in a frame", "fetch", "fetch no-cors", "fetch no-cors with cookies", "post", "post no-cors", "post JSON",
                ])
                {
                    ways.Add(host, how);
                }
            }

            return ways;
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Ways))]
    public async Task Page_of_another_site_or_port_does_nothing(string host, string how)
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

        foreach (var path in (string[])
        [
            AuthorizePath(other), "/", "/emulator", "/oauth/token", "/oauth-api/v1/user-info", "/oauth-api/v1/revoke-token",
            "/emulator/api/v1/health", "/emulator/api/v1/reset", "/emulator/api/v1/tokens/revoke",
        ])
        {
            var seen = await attacker.EvaluateAsync<string>(Attack, new[] { how, $"http://{host}:{binance.BaseAddress.Port}{path}" });
            Assert.DoesNotContain("200", seen, StringComparison.Ordinal);
        }

        Assert.NotEmpty(binance.Requests);
        Assert.All(binance.Requests, request => Assert.Equal((403, null), (request.Status, request.Fault)));
        Assert.Equal(pending, binance.Faults.PendingCount);
        Assert.True(binance.Tokens.IsLive(issued.AccessToken));
        Assert.Single(binance.Tokens.AccessTokens);
        Assert.Empty(await context.CookiesAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Link_of_another_site_gets_through_and_meets_the_fault(string host)
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
            await page.EvaluateAsync("url => { const link = document.createElement('a'); link.href = url; link.textContent = 'Login'; document.body.append(link); }", url);
            await page.GetByText("Login").ClickAsync();
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
            () => page.EvaluateAsync(
                "url => { const form = Object.assign(document.createElement('form'), { action: url, method: 'post' }); document.body.append(form); form.submit(); }",
                new Uri(binance.BaseAddress, path == "authorize" ? AuthorizePath(other) : path).AbsoluteUri),
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
        await popup.WaitForURLAsync($"{other.Address}?code=*");
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
    public async Task Person_with_the_key_is_let_in_and_a_page_of_another_site_is_not()
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
        await page.EvaluateAsync<string>(Attack, new[] { "image", address });
        await page.EvaluateAsync<string>(Attack, new[] { "fetch no-cors with cookies", address });
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
