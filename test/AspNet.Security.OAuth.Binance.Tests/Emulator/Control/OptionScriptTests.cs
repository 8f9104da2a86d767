using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class OptionScriptTests : ScriptTest
{
    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Requests_are_approved_as_the_chosen_user(string language)
    {
        await Script(language).ChangeAsync(
            options => (options.AutoApprove, options.AutoApproveUser) = (true, BinanceEmulatorDefaults.SecondUserId),
            $$"""{"autoApprove":true,"autoApproveUser":"{{BinanceEmulatorDefaults.SecondUserId}}"}""");

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await ApprovedUserAsync());

        await Script(language).ChangeAsync(options => options.AutoApproveUser = null, """{"autoApproveUser":null}""");
        Assert.Equal(BinanceEmulatorDefaults.UserId, await ApprovedUserAsync());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Refresh_tokens_can_be_kept(string language)
    {
        await Script(language).ChangeAsync(options => options.RefreshTokenBehavior = RefreshTokenBehavior.Keep, """{"refreshTokenBehavior":"keep"}""");
        var (_, refreshToken) = await Visitor.SignInAsync();

        using var response = await Visitor.RefreshAsync(refreshToken);

        Assert.Equal(refreshToken, (await Visitor.TokensAsync(response)).RefreshToken);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Refresh_tokens_can_rotate_without_reuse_detection(string language)
    {
        await Script(language).ChangeAsync(options => options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate, """{"refreshTokenBehavior":"rotate"}""");
        var (_, refreshToken) = await Visitor.SignInAsync();
        using var response = await Visitor.RefreshAsync(refreshToken);
        var next = (await Visitor.TokensAsync(response)).RefreshToken;

        using var reused = await Visitor.RefreshAsync(refreshToken);
        using var refreshed = await Visitor.RefreshAsync(next);

        Assert.NotEqual(refreshToken, next);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (reused.StatusCode, refreshed.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_revocation_can_end_the_access_token_alone(string language)
    {
        await Script(language).ChangeAsync(options => options.RevocationBehavior = RevocationBehavior.RevokeAccessToken, """{"revocationBehavior":"revokeAccessToken"}""");
        var (accessToken, refreshToken) = await Visitor.SignInAsync();

        using var revoked = await Visitor.RevokeAsync(accessToken);
        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (userInfo.StatusCode, refreshed.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_denial_can_stay_on_the_page(string language)
    {
        await Script(language).ChangeAsync(options => options.DenialBehavior = DenialBehavior.StayOnPage, """{"denialBehavior":"stayOnPage"}""");

        using var response = await Visitor.AuthorizeAsync(("emulator_decision", "deny"));

        Assert.Null(response.Headers.Location);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Basic_authentication_can_be_allowed(string language)
    {
        await Script(language).ChangeAsync(options => options.Lenient = true, """{"lenient":true}""");
        using var content = new FormUrlEncodedContent(Visitor.RefreshParameters(Emulator.Tokens.Issue().RefreshToken, ("client_id", null), ("client_secret", null)));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{BinanceEmulatorDefaults.ClientId}:{BinanceEmulatorDefaults.ClientSecret}")));

        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Origins_can_be_allowed_and_replaced(string language)
    {
        var script = Script(language);
        await script.ChangeAsync(options => options.AllowedOrigins.Add("https://old.example"), """{"allowedOrigins":["https://old.example"]}""");
        Assert.Equal("https://old.example", await AllowedOriginAsync("https://old.example"));

        await script.ChangeAsync(
            options =>
            {
                options.AllowedOrigins.Clear();
                options.AllowedOrigins.Add("https://new.example");
            },
            """{"allowedOrigins":["https://new.example"]}""");

        Assert.Null(await AllowedOriginAsync("https://old.example"));
        Assert.Equal("https://new.example", await AllowedOriginAsync("https://new.example"));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Access_tokens_have_the_given_lifetime(string language)
    {
        await Script(language).ChangeAsync(options => options.AccessTokenLifetime = TimeSpan.FromMinutes(15), """{"accessTokenLifetimeSeconds":900}""");

        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync());

        Assert.Equal(900, (await Visitor.JsonAsync(response)).GetProperty("expires_in").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Codes_have_the_given_lifetime(string language)
    {
        await Script(language).ChangeAsync(options => options.CodeLifetime = TimeSpan.FromHours(1), """{"codeLifetimeSeconds":3600}""");
        var code = await Visitor.GetCodeAsync();
        Emulator.Clock.Advance(TimeSpan.FromMinutes(59));

        using var response = await Visitor.RedeemAsync(code);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Codes_tokens_and_requests_are_limited(string language)
    {
        var script = Script(language);
        await script.ChangeAsync(options => (options.JournalCapacity, options.MaxCodes, options.MaxTokens) = (2, 1, 1), """{"journalCapacity":2,"maxCodes":1,"maxTokens":1}""");
        var removed = await Visitor.GetCodeAsync();
        var (first, _) = await Visitor.SignInAsync();
        var (second, _) = await Visitor.SignInAsync();

        using var refused = await Visitor.RedeemAsync(removed);
        using var unknown = await Visitor.UserInfoAsync(first);
        using var known = await Visitor.UserInfoAsync(second);

        await Visitor.AssertOAuthErrorAsync(refused, "invalid_grant");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (unknown.StatusCode, known.StatusCode));
        Assert.Equal([401, 200], (await script.RequestsAsync(new())).Select(request => request.Status));
    }

    private async Task<string?> ApprovedUserAsync()
    {
        using var authorized = await Visitor.AuthorizeAsync();
        using var redeemed = await Visitor.RedeemAsync(Visitor.RedirectParameters(authorized)["code"]);
        using var userInfo = await Visitor.UserInfoAsync((await Visitor.TokensAsync(redeemed)).AccessToken);
        return (await Visitor.JsonAsync(userInfo)).GetProperty("data").GetProperty("userId").GetString();
    }

    private async Task<string?> AllowedOriginAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth-api/v1/user-info");
        request.Headers.Add("Origin", origin);
        using var response = await Visitor.Http.SendAsync(request, Cancellation);
        return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
    }
}
