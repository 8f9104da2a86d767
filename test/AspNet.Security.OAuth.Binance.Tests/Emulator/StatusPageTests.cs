using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The HTML of the status page. The end-to-end tests test it in a browser.</summary>
public sealed partial class StatusPageTests : EmulatorTest
{
    [Fact]
    public async Task The_page_shows_clients_accounts_and_tokens_without_secrets()
    {
        var live = Emulator.Tokens.Issue(scopes: ["user:openId", "user:email"]);
        var revoked = Emulator.Tokens.Issue();
        using var revocation = await Visitor.RevokeAsync(revoked.AccessToken);
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.HalfBody);
        await Record.ExceptionAsync(() => Visitor.RefreshAsync(live.RefreshToken));
        Emulator.Users.Add(new EmulatorUser { Label = "<b>Bold</b>", Email = "a&b@example.com" });

        var html = await HtmlAsync();

        Assert.Contains(BinanceEmulatorDefaults.ClientId, html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;Bold&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("a&amp;b@example.com", html, StringComparison.Ordinal);
        Assert.Contains(live.AccessToken[..8], html, StringComparison.Ordinal);
        Assert.Contains(revoked.AccessToken[..8], html, StringComparison.Ordinal);
        Assert.Contains("Revoked by the application", html, StringComparison.Ordinal);
        Assert.Contains("fault: HalfBody", html, StringComparison.Ordinal);
        Assert.Contains("/oauth-api/v1/revoke-token", html, StringComparison.Ordinal);
        Assert.All(
            [live.AccessToken, live.RefreshToken, revoked.AccessToken, BinanceEmulatorDefaults.ClientSecret],
            secret => Assert.DoesNotContain(secret, html, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RevocationBehavior.RevokeGrant, "The grant")]
    [InlineData(RevocationBehavior.RevokeAccessToken, "The access token")]
    public async Task The_page_shows_the_revocation_behavior(RevocationBehavior server, string text)
    {
        Emulator.Options.RevocationBehavior = server;
        var issued = Emulator.Tokens.Issue();
        using var revocation = await Visitor.RevokeAsync(issued.AccessToken);

        var html = await HtmlAsync();

        Assert.Contains($"<dt>Revocation ends</dt><dd>{text}</dd>", html, StringComparison.Ordinal);
        Assert.Contains("Revoked by the application", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_sign_in_is_first_and_its_requests_are_oldest_first()
    {
        await Visitor.SignInAsync(("emulator_user", BinanceEmulatorDefaults.UserId));
        var (accessToken, _) = await Visitor.SignInAsync(("emulator_user", BinanceEmulatorDefaults.SecondUserId));
        using var userInfo = await Visitor.UserInfoAsync(accessToken);

        var html = await HtmlAsync();

        Assert.Equal(
            ["Another account", "Account with e-mail"],
            SignInUser().Matches(html).Select(match => match.Groups[1].Value));
        Assert.Equal(
            ["Authorize", "Token for a code", "User info", "Authorize", "Token for a code"],
            Purpose().Matches(html).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task A_sign_in_with_a_new_request_moves_to_the_top()
    {
        var (accessToken, _) = await Visitor.SignInAsync(("emulator_user", BinanceEmulatorDefaults.UserId));
        await Visitor.SignInAsync(("emulator_user", BinanceEmulatorDefaults.SecondUserId));

        using var userInfo = await Visitor.UserInfoAsync(accessToken);

        Assert.Equal(["Account with e-mail", "Another account"], SignInUser().Matches(await HtmlAsync()).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task A_refused_request_has_the_reason_and_the_expected_value()
    {
        var code = await Visitor.GetCodeAsync();
        using var response = await Visitor.RedeemAsync(code, ("redirect_uri", "http://localhost:1/signin-binance"));

        var html = await HtmlAsync();

        Assert.Contains("400, refused", html, StringComparison.Ordinal);
        Assert.Contains("<p>The redirect_uri differs from that of the authorize request.</p>", html, StringComparison.Ordinal);
        Assert.Contains($"<dt>Expected</dt><dd><code>{Visitor.RedirectUri}</code></dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Received</dt><dd><code>http://localhost:1/signin-binance</code></dd>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_and_responses_contain_no_whole_secret()
    {
        const string secret = "a-secret-that-nobody-may-read";
        var code = await Visitor.GetCodeAsync(("state", "a-state-that-is-nobody-elses"));
        using var wrong = await Visitor.RedeemAsync("another-code-that-was-never-issued", ("client_secret", secret));
        using var redeemed = await Visitor.RedeemAsync(code);
        var (accessToken, refreshToken) = await Visitor.TokensAsync(redeemed);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        using var again = await Visitor.RefreshAsync(refreshToken);
        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var inQuery = await Visitor.Http.GetAsync($"/oauth-api/v1/user-info?access_token={accessToken}", Cancellation);
        using var json = new StringContent($"{{\"client_secret\":\"{secret}\"}}", null, "application/json");
        using var body = await Visitor.Http.PostAsync("/oauth/token", json, Cancellation);
        var form = await Visitor.OpenConsentAsync();
        using var consented = await Visitor.DecideAsync(form, "authorize");

        var html = await HtmlAsync();

        Assert.Contains("in the redirect", html, StringComparison.Ordinal);
        Assert.Contains("Bearer " + accessToken[..8], html, StringComparison.Ordinal);
        string[] secrets =
        [
            secret, "a-state-that-is-nobody-elses", "another-code-that-was-never-issued", code, accessToken, refreshToken, form.Id, Visitor.Verifier,
            BinanceEmulatorDefaults.ClientSecret, .. Emulator.Tokens.AccessTokens.Concat(Emulator.Tokens.RefreshTokens).Select(token => token.Value),
        ];
        Assert.All(secrets, value => Assert.DoesNotContain(value, html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_of_a_request_are_encoded()
    {
        const string markup = "<img src=x onerror=alert(1)>";
        using var authorize = await Visitor.AuthorizeAsync((markup, markup), ("response_mode", markup));
        using var token = await Visitor.PostAsync([new("grant_type", markup), new(markup, markup), new("client_id", markup)]);
        using var unknown = await Visitor.Http.GetAsync("/" + Uri.EscapeDataString(markup), Cancellation);
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(markup, 500, "text/html"));
        using var fault = await Visitor.RefreshAsync("any");

        Assert.DoesNotContain("<img src=x", await HtmlAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_page_shows_scripted_faults_and_holds()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 2);
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.HalfBody, times: int.MaxValue);
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Revoke);

        var html = await HtmlAsync();

        Assert.Contains("<li>Token: Status 503, 2 times</li>", html, StringComparison.Ordinal);
        Assert.Contains("<li>UserInfo: HalfBody, until cleared</li>", html, StringComparison.Ordinal);
        Assert.Contains("<li>Revoke: held, 0 waiting</li>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Added_clients_are_listed_before_the_preset_ones()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", ClientSecret = "secret", Name = "Shop", RedirectUris = [Visitor.RedirectUri] });

        var html = await HtmlAsync();

        Assert.True(html.IndexOf("><bdi>Shop</bdi></h3>", StringComparison.Ordinal) < html.IndexOf("><bdi>Test application</bdi></h3>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/emulator")]
    public async Task Requests_for_the_page_are_not_shown_on_it(string path)
    {
        using var first = await Visitor.Http.GetAsync(path, Cancellation);

        Assert.Contains("No request yet.", await HtmlAsync(), StringComparison.Ordinal);
    }

    private Task<string> HtmlAsync() => Visitor.Http.GetStringAsync("/emulator", Cancellation);

    [GeneratedRegex("<h3 id=\"sign-in-[0-9a-f]+-title\"><bdi>[^<]*</bdi> <span class=\"quiet\">as <bdi>([^<]*)</bdi></span></h3>")]
    private static partial Regex SignInUser();

    [GeneratedRegex("<p class=\"line\" id=\"[a-z0-9-]+\"><b>([^<]*)</b>")]
    private static partial Regex Purpose();
}
