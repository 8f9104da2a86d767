using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class RefreshTokenTests : EmulatorTest
{
    [Fact]
    public async Task Kept_refresh_tokens_are_returned_and_stay_valid()
    {
        Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var issued = Emulator.Tokens.Issue();

        var first = await RefreshAsync(issued.RefreshToken);
        var second = await RefreshAsync(issued.RefreshToken);

        Assert.Equal([issued.RefreshToken, issued.RefreshToken], [first.RefreshToken, second.RefreshToken]);
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        Assert.True(Emulator.Tokens.IsLive(second.AccessToken));
    }

    [Fact]
    public async Task With_Rotate_a_refresh_token_is_valid_once_and_its_reuse_has_no_effect()
    {
        Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate;
        var issued = Emulator.Tokens.Issue();

        var first = await RefreshAsync(issued.RefreshToken);
        using var reused = await Visitor.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(reused, "invalid_grant");
        Assert.NotEqual(issued.RefreshToken, first.RefreshToken);
        Assert.True(Emulator.Tokens.IsLive(first.AccessToken));
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(first.RefreshToken));
    }

    [Fact]
    public async Task Reuse_of_a_rotated_token_revokes_the_grant_by_default()
    {
        var issued = Emulator.Tokens.Issue();
        var other = Emulator.Tokens.Issue();

        var first = await RefreshAsync(issued.RefreshToken);
        using var reused = await Visitor.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(reused, "invalid_grant");
        Assert.False(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.False(Emulator.Tokens.IsLive(first.AccessToken));
        Assert.False(Emulator.Tokens.IsRefreshTokenLive(first.RefreshToken));
        Assert.True(Emulator.Tokens.IsLive(other.AccessToken));
    }

    [Fact]
    public async Task Of_concurrent_requests_with_one_rotating_token_one_gets_tokens()
    {
        Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate;
        var issued = Emulator.Tokens.Issue();

        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Visitor.RefreshAsync(issued.RefreshToken)));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.Single(Emulator.Tokens.RefreshTokens);
    }

    [Fact]
    public async Task A_refresh_token_is_valid_after_its_access_token_expired()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Clock.Advance(TimeSpan.FromDays(30));

        Assert.False(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.True(Emulator.Tokens.IsLive((await RefreshAsync(issued.RefreshToken)).AccessToken));
    }

    [Fact]
    public async Task The_token_of_another_client_is_refused_and_stays_valid()
    {
        var issued = Emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId);

        using var response = await Visitor.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Theory]
    [InlineData(null, "invalid_request")]
    [InlineData("", "invalid_request")]
    [InlineData("unknown", "invalid_grant")]
    public async Task An_invalid_refresh_token_is_refused(string? refreshToken, string error)
    {
        using var response = await Visitor.RefreshAsync("", ("refresh_token", refreshToken));

        await Visitor.AssertOAuthErrorAsync(response, error);
    }

    [Fact]
    public async Task An_access_token_is_refused_as_a_refresh_token()
    {
        using var response = await Visitor.RefreshAsync(Emulator.Tokens.Issue().AccessToken);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
    }

    [Theory]
    [InlineData("user:openId,create:apikey")]
    [InlineData("user:openId user:email")]
    public async Task The_scope_cannot_be_widened_and_the_token_stays_valid(string scope)
    {
        var issued = Emulator.Tokens.Issue(scopes: ["user:openId", "user:email"]);

        using var response = await Visitor.RefreshAsync(issued.RefreshToken, ("scope", scope));

        await Visitor.AssertOAuthErrorAsync(response, "invalid_scope");
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Fact]
    public async Task The_scope_can_be_narrowed_for_one_access_token()
    {
        var issued = Emulator.Tokens.Issue(scopes: ["user:openId", "user:email"]);

        using var response = await Visitor.RefreshAsync(issued.RefreshToken, ("scope", "user:openId"));
        var narrow = await Visitor.TokensAsync(response);
        var wide = await RefreshAsync(narrow.RefreshToken);

        Assert.Equal(["user:openId"], Emulator.Tokens.AccessTokens.Single(token => token.Value == narrow.AccessToken).Scopes);
        Assert.Equal(["user:openId", "user:email"], Emulator.Tokens.AccessTokens.Single(token => token.Value == wide.AccessToken).Scopes);
    }

    private async Task<(string AccessToken, string RefreshToken)> RefreshAsync(string refreshToken)
    {
        using var response = await Visitor.RefreshAsync(refreshToken);
        return await Visitor.TokensAsync(response);
    }
}
