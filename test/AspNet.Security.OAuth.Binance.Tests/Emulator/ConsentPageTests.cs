using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class ConsentPageTests : EmulatorTest
{
    [Fact]
    public async Task It_names_the_application_the_permissions_in_plain_words_and_the_accounts()
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
    public async Task It_says_where_the_user_goes_afterwards(string redirectUri, string shown)
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "app", RedirectUris = [redirectUri] });

        var html = (await Visitor.OpenConsentAsync(("client_id", "app"), ("redirect_uri", redirectUri))).Html;

        Assert.Contains($"<span class=\"address\"><bdi>{shown}</bdi></span>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_from_outside_are_isolated_from_its_own_words()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", ClientSecret = "secret", Name = "\u202eShop", RedirectUris = [Visitor.RedirectUri] });
        Emulator.Users.Add(new EmulatorUser { Label = "\u202eMe", Email = "\u202eme@example.com" });

        var html = WebUtility.HtmlDecode((await Visitor.OpenConsentAsync(("client_id", "shop"))).Html);

        Assert.All(["\u202eShop", "\u202eMe", "\u202eme@example.com"], name => Assert.Contains($"<bdi>{name}</bdi>", html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_shows_nothing_is_said_to_be_one()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", ClientSecret = "secret", Name = "\u200b", RedirectUris = [Visitor.RedirectUri] });

        var html = (await Visitor.OpenConsentAsync(("client_id", "shop"))).Html;

        Assert.Contains("<bdi>(a name without visible characters)</bdi>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_goes_back_with_access_denied_and_the_state()
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await Visitor.AnswerConsentAsync(form, "cancel");

        var answer = Visitor.Answer(response);
        Assert.Equal(("access_denied", "the-state"), (answer["error"], answer["state"]));
        Assert.False(answer.ContainsKey("code"));
    }

    [Fact]
    public async Task A_page_that_was_answered_offers_to_show_itself_again()
    {
        var form = await Visitor.OpenConsentAsync();
        using var first = await Visitor.AnswerConsentAsync(form, "authorize");

        await AssertStartAgainAsync(form);
    }

    [Fact]
    public async Task A_page_that_lay_too_long_offers_to_show_itself_again()
    {
        var form = await Visitor.OpenConsentAsync();
        Emulator.Clock.Advance(TimeSpan.FromMinutes(10));

        await AssertStartAgainAsync(form);
    }

    [Fact]
    public async Task A_page_whose_client_is_gone_authorizes_nothing()
    {
        var form = await Visitor.OpenConsentAsync();
        Emulator.Clients.Remove(BinanceEmulatorDefaults.ClientId);

        using var response = await Visitor.AnswerConsentAsync(form, "authorize");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("authorize", "nobody")]
    [InlineData("something", BinanceEmulatorDefaults.UserId)]
    [InlineData("", BinanceEmulatorDefaults.UserId)]
    public async Task An_answer_that_the_page_does_not_offer_authorizes_nothing(string decision, string userId)
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await Visitor.AnswerConsentAsync(form, decision, userId);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Of_many_answers_at_once_one_counts()
    {
        var form = await Visitor.OpenConsentAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Visitor.AnswerConsentAsync(form, "authorize")));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Without_accounts_only_cancelling_is_offered()
    {
        Emulator.Users.Clear();

        var form = await Visitor.OpenConsentAsync();

        Assert.DoesNotContain("value=\"authorize\"", form.Html, StringComparison.Ordinal);
        using var response = await Visitor.AnswerConsentAsync(form, "cancel");
        Assert.Equal("access_denied", Visitor.Answer(response)["error"]);
    }

    [Fact]
    public async Task It_needs_no_cookie()
    {
        using var response = await Visitor.AuthorizeAsync();

        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private async Task AssertStartAgainAsync(ConsentForm form)
    {
        using var response = await Visitor.AnswerConsentAsync(form, "authorize");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
        var html = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains($"href=\"{WebUtility.HtmlEncode(form.Action)}\"", html, StringComparison.Ordinal);

        using var again = await Visitor.Http.GetAsync(form.Action, Cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Contains("name=\"consent\"", await again.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
