using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class RevokeTests : EmulatorTest
{
    [Fact]
    public async Task A_revocation_ends_the_access_token_and_its_refresh_token()
    {
        var issued = Emulator.Tokens.Issue();
        var other = Emulator.Tokens.Issue();

        using var response = await Visitor.RevokeAsync(issued.AccessToken);

        var json = await Visitor.JsonAsync(response);
        Assert.Equal(("000000", true, true), (json.GetProperty("code").GetString(), json.GetProperty("data").GetBoolean(), json.GetProperty("success").GetBoolean()));
        using var userInfo = await Visitor.UserInfoAsync(issued.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        using var refresh = await Visitor.RefreshAsync(issued.RefreshToken);
        await Visitor.AssertOAuthErrorAsync(refresh, "invalid_grant");
        Assert.True(Emulator.Tokens.IsLive(other.AccessToken));
    }

    [Fact]
    public async Task With_RevokeAccessToken_the_rest_of_the_grant_stays_valid()
    {
        Emulator.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
        var issued = Emulator.Tokens.Issue();
        using var refreshed = await Visitor.RefreshAsync(issued.RefreshToken);
        var other = (await Visitor.TokensAsync(refreshed)).AccessToken;

        using var response = await Visitor.RevokeAsync(issued.AccessToken);

        Assert.True((await Visitor.JsonAsync(response)).GetProperty("data").GetBoolean());
        using var userInfo = await Visitor.UserInfoAsync(issued.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        using var second = await Visitor.RevokeAsync(issued.AccessToken);
        await UserInfoTests.AssertFailureAsync(second, HttpStatusCode.Unauthorized, BinanceEmulatorDefaults.InvalidTokenCode);
        Assert.True(Emulator.Tokens.IsLive(other));
        using var later = await Visitor.RefreshAsync(issued.RefreshToken);
        Assert.True(Emulator.Tokens.IsLive((await Visitor.TokensAsync(later)).AccessToken));
    }

    [Theory]
    [InlineData(RevocationBehavior.RevokeGrant)]
    [InlineData(RevocationBehavior.RevokeAccessToken)]
    public void Revoke_ends_the_grant_whatever_the_revocation_behavior(RevocationBehavior server)
    {
        Emulator.Options.RevocationBehavior = server;
        var issued = Emulator.Tokens.Issue();

        Assert.True(Emulator.Tokens.Revoke(issued.AccessToken));

        Assert.False(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Fact]
    public async Task A_second_revocation_is_unauthorized()
    {
        var issued = Emulator.Tokens.Issue();
        using var first = await Visitor.RevokeAsync(issued.AccessToken);

        using var second = await Visitor.RevokeAsync(issued.AccessToken);

        await UserInfoTests.AssertFailureAsync(second, HttpStatusCode.Unauthorized, BinanceEmulatorDefaults.InvalidTokenCode);
    }

    [Fact]
    public async Task A_body_is_refused_and_a_token_in_it_too()
    {
        var issued = Emulator.Tokens.Issue();
        foreach (var body in new[] { "x=1", $"access_token={issued.AccessToken}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth-api/v1/revoke-token")
            {
                Content = new StringContent(body, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"),
                Headers = { Authorization = new("Bearer", issued.AccessToken) },
            };

            using var response = await Visitor.Http.SendAsync(request, Cancellation);

            await UserInfoTests.AssertFailureAsync(response, HttpStatusCode.BadRequest, BinanceEmulatorDefaults.InvalidRequestCode);
        }

        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Another_method_is_not_allowed(string method)
    {
        var issued = Emulator.Tokens.Issue();

        using var response = await Visitor.ApiAsync(new HttpMethod(method), "/oauth-api/v1/revoke-token", issued.AccessToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
    }
}
