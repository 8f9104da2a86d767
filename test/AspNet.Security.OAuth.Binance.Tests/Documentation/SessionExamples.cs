using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The pages of docs/sessions.md, used with browsers.
/// </summary>
public sealed partial class SessionExamples
{
    private const string User = BinanceEmulatorDefaults.UserId;
    private const string Administrator = BinanceEmulatorDefaults.SecondUserId;
    private const string Elsewhere = "Sign out there";

    [Fact]
    public async Task A_user_sees_the_sessions_and_ends_another_one()
    {
        await using var site = await SessionExampleSite.StartAsync();
        using var here = await SignedInAsync(site);
        using var there = await SignedInAsync(site);
        using var other = await SignedInAsync(site, Administrator);
        var page = await here.OpenAsync("/devices");
        Assert.Single(Regex.Matches(page.Html, ": this device"));
        var form = Assert.Single(Forms(page), form => form.Button == Elsewhere);

        page = await here.PostAsync(new Uri(site.Address, "/devices/end"), form.Fields);

        Assert.Equal((HttpStatusCode.OK, "/devices"), (page.Status, page.Url.AbsolutePath));
        Assert.DoesNotContain(Forms(page), form => form.Button == Elsewhere);
        Assert.Equal([User, "nobody", Administrator], [await WhoAsync(here), await WhoAsync(there), await WhoAsync(other)]);
        Assert.Equal(1, site.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task A_user_ends_all_other_sessions()
    {
        await using var site = await SessionExampleSite.StartAsync();
        using var here = await SignedInAsync(site);
        using var there = await SignedInAsync(site);
        using var elsewhere = await SignedInAsync(site);
        using var other = await SignedInAsync(site, Administrator);
        var form = Assert.Single(Forms(await here.OpenAsync("/devices")), form => form.Button == "Sign out on all others");

        await here.PostAsync(new Uri(site.Address, "/devices/end"), form.Fields);

        Assert.Equal([User, "nobody", "nobody"], [await WhoAsync(here), await WhoAsync(there), await WhoAsync(elsewhere)]);
        Assert.Equal(Administrator, await WhoAsync(other));
    }

    [Fact]
    public async Task A_session_is_ended_after_a_recent_sign_in_only()
    {
        await using var site = await SessionExampleSite.StartAsync();
        using var there = await SignedInAsync(site);
        using var here = await SignedInAsync(site);
        site.Clock.Pass(TimeSpan.FromMinutes(6));
        var form = Assert.Single(Forms(await here.OpenAsync("/devices")), form => form.Button == Elsewhere);

        var consent = await here.PostAsync(new Uri(site.Address, "/devices/end"), form.Fields);
        Assert.Equal(site.Binance.BaseAddress.Authority, consent.Url.Authority);
        Assert.Equal(User, await WhoAsync(there));
        var page = await AuthorizeAsync(here, consent, User);
        Assert.Equal(new Uri(site.Address, "/devices"), page.Url);
        form = Assert.Single(Forms(page), form => form.Button == Elsewhere);
        await here.PostAsync(new Uri(site.Address, "/devices/end"), form.Fields);

        Assert.Equal([User, "nobody"], [await WhoAsync(here), await WhoAsync(there)]);
    }

    [Fact]
    public async Task Buttons_need_the_antiforgery_token_and_an_id_of_the_user()
    {
        await using var site = await SessionExampleSite.StartAsync();
        using var here = await SignedInAsync(site);
        using var there = await SignedInAsync(site);
        using var other = await SignedInAsync(site, Administrator);
        var form = Assert.Single(Forms(await here.OpenAsync("/devices")), form => form.Button == Elsewhere);
        var id = form.Fields.Single(field => field.Name == "id");
        var others = Assert.Single(Forms(await other.OpenAsync("/devices")));

        var withoutToken = await here.PostAsync(new Uri(site.Address, "/devices/end"), id);
        await other.PostAsync(new Uri(site.Address, "/devices/end"), [.. others.Fields.Where(field => field.Name != "id"), id]);

        Assert.Equal(HttpStatusCode.BadRequest, withoutToken.Status);
        Assert.Equal([User, User, Administrator], [await WhoAsync(here), await WhoAsync(there), await WhoAsync(other)]);
    }

    [Fact]
    public async Task An_administrator_ends_the_sessions_of_a_user()
    {
        await using var site = await SessionExampleSite.StartAsync();
        using var here = await SignedInAsync(site);
        using var there = await SignedInAsync(site);
        using var administrator = await SignedInAsync(site, Administrator);
        var address = new Uri(site.Address, $"/users/{User}/end-sessions");

        Assert.Equal(HttpStatusCode.BadRequest, (await administrator.PostAsync(address)).Status);
        await here.PostAsync(address, await TokenAsync(here));
        Assert.Equal([User, User], [await WhoAsync(here), await WhoAsync(there)]);
        var ended = await administrator.PostAsync(address, await TokenAsync(administrator));

        Assert.Equal(HttpStatusCode.NoContent, ended.Status);
        Assert.Equal(["nobody", "nobody", Administrator], [await WhoAsync(here), await WhoAsync(there), await WhoAsync(administrator)]);
        Assert.Equal(2, site.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task A_disabled_user_is_signed_out_everywhere_and_cannot_sign_in()
    {
        await using var site = await SessionExampleSite.StartAsync();
        using var browser = await SignedInAsync(site);
        using var administrator = await SignedInAsync(site, Administrator);

        site.Disabled.Add(User);
        await administrator.PostAsync(new Uri(site.Address, $"/users/{User}/end-sessions"), await TokenAsync(administrator));

        Assert.Equal("nobody", await WhoAsync(browser));
        var page = await AuthorizeAsync(browser, await browser.OpenAsync("/login"), User);
        Assert.Equal(new Uri(site.Address, "/disabled"), page.Url);
        Assert.Equal("nobody", await WhoAsync(browser));
    }

    private static async Task<ReadmeBrowser> SignedInAsync(SessionExampleSite site, string user = User)
    {
        var browser = new ReadmeBrowser(site.Address);
        await AuthorizeAsync(browser, await browser.OpenAsync("/login"), user);
        Assert.Equal(user, await WhoAsync(browser));
        return browser;
    }

    private static Task<ReadmePage> AuthorizeAsync(ReadmeBrowser browser, ReadmePage consent, string user)
        => browser.SubmitAsync(consent, ("decision", "authorize"), ("user", user));

    private static async Task<string> WhoAsync(ReadmeBrowser browser) => (await browser.OpenAsync("/who")).Html;

    private static async Task<(string Name, string Value)> TokenAsync(ReadmeBrowser browser)
        => ("__RequestVerificationToken", (await browser.OpenAsync("/form")).Html);

    private static IEnumerable<(string Button, (string Name, string Value)[] Fields)> Forms(ReadmePage page) => Form().Matches(page.Html).Select(form => (
        form.Groups["button"].Value,
        Field().Matches(form.Value).Select(field => (field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value))).ToArray()));

    [GeneratedRegex("<form .*?<button>(?<button>[^<]*)</button>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\">")]
    private static partial Regex Field();
}
