using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class TokenScriptTests : ScriptTest
{
    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Issued_tokens_work(string language)
    {
        var (accessToken, refreshToken) = await Script(language).IssueAsync();

        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (userInfo.StatusCode, refreshed.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Issued_tokens_are_of_the_chosen_client_user_and_scopes(string language)
    {
        var script = Script(language);
        var before = Emulator.Clock.GetUtcNow();

        var (accessToken, refreshToken) = await script.IssueAsync(BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.SecondUserId, ["user:openId", "user:email"]);

        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        var data = (await Visitor.JsonAsync(userInfo)).GetProperty("data");
        Assert.Equal((BinanceEmulatorDefaults.SecondUserId, "another-account@example.com"), (data.GetProperty("userId").GetString(), data.GetProperty("email").GetString()));
        var access = (await script.AccessTokensAsync()).Single();
        var refresh = (await script.RefreshTokensAsync()).Single();
        Assert.Equal((accessToken, refreshToken, access.GrantId), (access.Value, refresh.Value, refresh.GrantId));
        Assert.Equal((BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.SecondUserId), (access.ClientId, access.UserId));
        Assert.Equal((BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.SecondUserId), (refresh.ClientId, refresh.UserId));
        Assert.Equal(["user:openId", "user:email"], access.Scopes);
        Assert.InRange(access.IssuedAt, before, Emulator.Clock.GetUtcNow());
        Assert.Equal((TimeSpan.FromSeconds(30714), null), (access.ExpiresAt - access.IssuedAt, refresh.ExpiresAt));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Expired_access_tokens_can_be_refreshed(string language)
    {
        var script = Script(language);
        var (accessToken, refreshToken) = await Visitor.SignInAsync();
        await Visitor.SignInAsync();

        Assert.Equal(2, await script.ExpireAsync());

        using var refused = await Visitor.UserInfoAsync(accessToken);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, refreshed.StatusCode));
        Assert.Single(await script.AccessTokensAsync());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_revoked_token_ends_its_consent_and_no_other(string language)
    {
        var script = Script(language);
        var revoked = await Visitor.SignInAsync();
        var live = await Visitor.SignInAsync();

        Assert.True(await script.RevokeAsync(revoked.AccessToken));

        Assert.False(await script.RevokeAsync(revoked.RefreshToken));
        using var refused = await Visitor.RefreshAsync(revoked.RefreshToken);
        await Visitor.AssertOAuthErrorAsync(refused, "invalid_grant");
        using var refreshed = await Visitor.RefreshAsync(live.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task All_tokens_can_be_revoked(string language)
    {
        var script = Script(language);
        var (accessToken, refreshToken) = await Visitor.SignInAsync();
        await Visitor.SignInAsync();

        Assert.Equal(2, await script.RevokeAllAsync());

        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var refused = await Visitor.RefreshAsync(refreshToken);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest), (userInfo.StatusCode, refused.StatusCode));
        Assert.Empty(await script.RefreshTokensAsync());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_api_key_ends_a_consent_as_the_wire_notes_say(string language)
    {
        var script = Script(language);
        var (accessToken, refreshToken) = await Visitor.SignInAsync(("scope", "create:apikey"));

        Assert.True(await script.CreateApiKeyAsync(accessToken));

        Assert.False(await script.CreateApiKeyAsync(accessToken));
        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        using var refused = await Visitor.RefreshAsync(refreshToken);
        Assert.Contains("API key", (await Visitor.JsonAsync(refused)).GetProperty("error_description").GetString(), StringComparison.Ordinal);
        await Visitor.AssertOAuthErrorAsync(refused, "invalid_grant");
    }
}
