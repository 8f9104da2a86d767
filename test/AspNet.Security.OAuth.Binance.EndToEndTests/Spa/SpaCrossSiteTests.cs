using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa;

/// <summary>
/// What a page of another site can do: open a link, and nothing else.
/// </summary>
public sealed class SpaCrossSiteTests(Browser browser)
{
    private static readonly string[] _endpoints = ["/auth/login?returnUrl=/account", "/auth/logout", "/auth/user", "/auth/failed?failure=access_denied"];

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
          const request = init => fetch(url, { credentials: "include", ...init }).then(response => response.type + response.status, error => error.name);
          switch (how) {
            case "image": await load("img", { src: url }); return "";
            case "script": await load("script", { src: url }); return "";
            case "frame": await load("iframe", { src: url }); return "";
            case "object": await load("object", { data: url }); return "";
            case "form in a frame": {
              const frame = await load("iframe", { name: "target", srcdoc: "" });
              const form = Object.assign(document.createElement("form"), { action: url, method: "post", target: "target" });
              document.body.append(form);
              await new Promise(resolve => { frame.onload = resolve; form.submit(); });
              return "";
            }
            case "fetch": return await request({});
            case "fetch without credentials": return await request({ credentials: "omit" });
            case "fetch no-cors": return await request({ mode: "no-cors" });
            case "post": return await request({ method: "POST" });
            case "post no-cors": return await request({ method: "POST", mode: "no-cors", body: new URLSearchParams({ returnUrl: "/" }) });
            case "post with the header": return await request({ method: "POST", headers: { "X-CSRF": "1" } });
            case "post with the header without credentials": return await request({ method: "POST", headers: { "X-CSRF": "1" }, credentials: "omit" });
          }
        }
        """;

    public static TheoryData<string> Ways =>
    [
        "image", "script", "frame", "object", "form in a frame", "fetch", "fetch without credentials", "fetch no-cors", "post", "post no-cors",
        "post with the header", "post with the header without credentials",
    ];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Ways))]
    public async Task Request_of_another_site_does_nothing(string how)
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var attacker = await context.NewPageAsync();
        await attacker.GotoAsync(other.Address);

        // While nobody is signed in: no sign-in begins, not even as a cookie.
        await AttackAsync();
        Assert.Empty(await CookiesAsync(context));
        Assert.Empty(site.Binance.Requests);

        // While somebody is: the session goes on as it was.
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        var cookies = await CookiesAsync(context);
        var before = Calls(site);
        await AttackAsync();
        Assert.Equal(cookies, await CookiesAsync(context));
        Assert.Equal(before, Calls(site));
        Assert.Equal(200, (await page.FetchAsync("/auth/user")).Status);

        async Task AttackAsync()
        {
            foreach (var endpoint in _endpoints)
            {
                var seen = await attacker.EvaluateAsync<string>(Attack, new[] { how, site.Url(endpoint) });
                Assert.DoesNotContain("200", seen, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Form_of_another_site_that_navigates_to_the_logout_signs_nobody_out()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        await page.SignInAsync(site);
        var cookies = await CookiesAsync(context);
        var before = Calls(site);

        await page.GotoAsync(other.Address);
        await page.EvaluateAsync(
            "url => { const form = Object.assign(document.createElement('form'), { action: url, method: 'post' }); document.body.append(form); form.submit(); }",
            site.Url("/auth/logout"));

        await page.WaitForURLAsync(site.Url("/"));
        await page.ShowsAsync(SpaJourney.SignedIn);
        Assert.Equal(cookies, await CookiesAsync(context));
        Assert.Equal(before, Calls(site));
    }

    [Fact]
    public async Task Link_of_another_site_to_the_login_is_a_deep_link()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();

        await FollowAsync();
        await page.AuthorizeAsync();
        await page.ShowsAsync(SpaJourney.Account);

        // A signed-in user is redirected at once.
        var before = site.Binance.Requests.Count(EmulatorEndpoint.Authorize);
        await FollowAsync();
        await page.ShowsAsync(SpaJourney.Account);
        Assert.Equal(site.Url("/account"), page.Url);
        Assert.Equal(before, site.Binance.Requests.Count(EmulatorEndpoint.Authorize));

        async Task FollowAsync()
        {
            await page.GotoAsync(other.Address);
            await page.EvaluateAsync(
                "url => { const link = Object.assign(document.createElement('a'), { href: url, textContent: 'Go' }); document.body.append(link); }",
                site.Url("/auth/login?returnUrl=/account"));
            await page.GetByRole(AriaRole.Link, new() { Name = "Go" }).ClickAsync();
        }
    }

    [Fact]
    public async Task Link_of_another_site_to_the_login_does_not_lead_to_a_third_one()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SpaSite.Start();
        await using var other = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        await page.GotoAsync(other.Address);

        await page.GotoAsync(site.Url($"/auth/login?returnUrl={Uri.EscapeDataString(other.Address)}"));
        await page.AuthorizeAsync();

        await page.ShowsAsync(SpaJourney.SignedIn);
        Assert.Equal(site.Url("/"), page.Url);
    }

    private static (int Refreshes, int Revocations, int SignIns) Calls(SpaSite site)
        => (site.RefreshCalls, site.Binance.Requests.Count(EmulatorEndpoint.Revoke), site.Binance.Requests.Count(EmulatorEndpoint.Authorize));

    private static async Task<string[]> CookiesAsync(IBrowserContext context)
        => [.. (await context.CookiesAsync()).Select(cookie => $"{cookie.Domain} {cookie.Name}={cookie.Value} {cookie.Expires}").Order(StringComparer.Ordinal)];
}
