using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The end of a grant by the creation of an API key (W9).</summary>
public sealed class ApiKeyTests : EmulatorTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Creating_an_API_key_ends_the_access_tokens_of_the_grant_at_once(bool byAccessToken)
    {
        var issued = Emulator.Tokens.Issue(scopes: ["create:apikey", "user:openId"]);
        using var refreshed = await Visitor.RefreshAsync(issued.RefreshToken);
        var newest = await Visitor.TokensAsync(refreshed);

        Assert.True(Emulator.Tokens.CreateApiKey(byAccessToken ? issued.AccessToken : newest.RefreshToken));

        Assert.False(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.False(Emulator.Tokens.IsLive(newest.AccessToken));
        using var user = await Visitor.UserInfoAsync(newest.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, user.StatusCode);
    }

    [Fact]
    public async Task Every_later_refresh_is_refused_with_the_reason()
    {
        var issued = Emulator.Tokens.Issue(scopes: ["create:apikey"]);
        Emulator.Tokens.CreateApiKey(issued.AccessToken);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var response = await Visitor.RefreshAsync(issued.RefreshToken);

            await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
            Assert.Contains("API key was created", (await Visitor.JsonAsync(response)).GetProperty("error_description").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_refusal_does_not_mention_the_API_key()
    {
        var issued = Emulator.Tokens.Issue(scopes: ["create:apikey"]);
        Emulator.Tokens.Revoke(issued.AccessToken);

        using var response = await Visitor.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
        Assert.DoesNotContain("API key", (await Visitor.JsonAsync(response)).GetProperty("error_description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_grants_of_the_user_stay_valid()
    {
        var issued = Emulator.Tokens.Issue();
        var other = Emulator.Tokens.Issue();

        Emulator.Tokens.CreateApiKey(issued.AccessToken);

        Assert.True(Emulator.Tokens.IsLive(other.AccessToken));
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(other.RefreshToken));
    }

    [Fact]
    public void An_invalid_token_creates_no_API_key()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Tokens.Revoke(issued.AccessToken);

        Assert.False(Emulator.Tokens.CreateApiKey(issued.AccessToken));
        Assert.False(Emulator.Tokens.CreateApiKey("unknown"));
        Assert.Throws<ArgumentNullException>(() => Emulator.Tokens.CreateApiKey(null!));
    }

    [Fact]
    public async Task The_status_page_shows_the_reason_for_the_revocation()
    {
        Emulator.Tokens.CreateApiKey(Emulator.Tokens.Issue().AccessToken);

        Assert.Contains("An API key was created", await Visitor.Http.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
    }
}
