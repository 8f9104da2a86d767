using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class ConsentPageTests : EmulatorTest
{
    [Fact]
    public async Task The_page_shows_the_application_the_permissions_and_the_accounts()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", ClientSecret = "secret", Name = "Shop & <Sons>", RedirectUris = [Visitor.RedirectUri] });

        var html = (await Visitor.OpenConsentAsync(("client_id", "shop"), ("scope", "user:openId,create:apikey,some:new"))).Html;

        Assert.Contains("Shop &amp; &lt;Sons&gt;", html, StringComparison.Ordinal);
        Assert.Contains("Recognise you by your user id", html, StringComparison.Ordinal);
        Assert.Contains("Create API keys", html, StringComparison.Ordinal);
        Assert.Contains("some:new", html, StringComparison.Ordinal);
        Assert.All(Emulator.Users, user => Assert.Contains($"value=\"{user.UserId}\"", html, StringComparison.Ordinal));
        Assert.Contains("http://localhost:5200", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("com.example.app:/callback", "com.example.app:/callback")]
    [InlineData("http://localhost:5200/signin-binance", "http://localhost:5200")]
    public async Task The_page_shows_the_destination(string redirectUri, string shown)
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "app", RedirectUris = [redirectUri] });

        var html = (await Visitor.OpenConsentAsync(("client_id", "app"), ("redirect_uri", redirectUri))).Html;

        Assert.Contains($"<span class=\"address\"><bdi>{shown}</bdi></span>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untrusted_names_are_isolated()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", ClientSecret = "secret", Name = "\u202eShop", RedirectUris = [Visitor.RedirectUri] });
        Emulator.Users.Add(new EmulatorUser { Label = "\u202eMe", Email = "\u202eme@example.com" });

        var html = WebUtility.HtmlDecode((await Visitor.OpenConsentAsync(("client_id", "shop"))).Html);

        Assert.All(["\u202eShop", "\u202eMe", "\u202eme@example.com"], name => Assert.Contains($"<bdi>{name}</bdi>", html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_without_visible_characters_is_replaced()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", ClientSecret = "secret", Name = "\u200b", RedirectUris = [Visitor.RedirectUri] });

        var html = (await Visitor.OpenConsentAsync(("client_id", "shop"))).Html;

        Assert.Contains("<bdi>(a name without visible characters)</bdi>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_redirects_with_access_denied_and_the_state()
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await Visitor.DecideAsync(form, "cancel");

        var parameters = Visitor.RedirectParameters(response);
        Assert.Equal(("access_denied", "the-state"), (parameters["error"], parameters["state"]));
        Assert.False(parameters.ContainsKey("code"));
    }

    [Fact]
    public async Task A_used_page_links_to_the_same_request()
    {
        var form = await Visitor.OpenConsentAsync();
        using var first = await Visitor.DecideAsync(form, "authorize");

        await AssertStartAgainAsync(form);
    }

    [Fact]
    public async Task An_expired_page_links_to_the_same_request()
    {
        var form = await Visitor.OpenConsentAsync();
        Emulator.Clock.Advance(TimeSpan.FromMinutes(10));

        await AssertStartAgainAsync(form);
    }

    [Fact]
    public async Task A_page_whose_client_was_removed_authorizes_nothing()
    {
        var form = await Visitor.OpenConsentAsync();
        Emulator.Clients.Remove(BinanceEmulatorDefaults.ClientId);

        using var response = await Visitor.DecideAsync(form, "authorize");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("authorize", "nobody")]
    [InlineData("something", BinanceEmulatorDefaults.UserId)]
    [InlineData("", BinanceEmulatorDefaults.UserId)]
    public async Task A_decision_that_the_page_does_not_offer_authorizes_nothing(string decision, string userId)
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await Visitor.DecideAsync(form, decision, userId);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Of_concurrent_decisions_one_has_an_effect()
    {
        var form = await Visitor.OpenConsentAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Visitor.DecideAsync(form, "authorize")));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Without_accounts_the_page_only_offers_to_cancel()
    {
        Emulator.Users.Clear();

        var form = await Visitor.OpenConsentAsync();

        Assert.DoesNotContain("value=\"authorize\"", form.Html, StringComparison.Ordinal);
        using var response = await Visitor.DecideAsync(form, "cancel");
        Assert.Equal("access_denied", Visitor.RedirectParameters(response)["error"]);
    }

    [Fact]
    public async Task The_page_needs_no_cookie()
    {
        using var response = await Visitor.AuthorizeAsync();

        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private async Task AssertStartAgainAsync(ConsentForm form)
    {
        using var response = await Visitor.DecideAsync(form, "authorize");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
        var html = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains($"href=\"{WebUtility.HtmlEncode(form.Action)}\"", html, StringComparison.Ordinal);

        using var again = await Visitor.Http.GetAsync(form.Action, Cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Contains("name=\"consent\"", await again.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
