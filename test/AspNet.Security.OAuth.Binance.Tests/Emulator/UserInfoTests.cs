using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class UserInfoTests : EmulatorTest
{
    [Theory]
    [InlineData(BinanceEmulatorDefaults.UserId, "user:openId,user:email", "with-email@example.com")]
    [InlineData(BinanceEmulatorDefaults.UserId, "user:openId", null)]
    [InlineData(BinanceEmulatorDefaults.UserIdWithoutEmail, "user:openId,user:email", null)]
    public async Task The_email_is_returned_with_its_scope(string userId, string scopes, string? email)
    {
        var issued = Emulator.Tokens.Issue(userId: userId, scopes: scopes.Split(','));

        using var response = await Visitor.UserInfoAsync(issued.AccessToken);

        var json = await Visitor.JsonAsync(response);
        Assert.Equal(["code", "message", "data", "success"], json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("000000", json.GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("message").ValueKind);
        Assert.True(json.GetProperty("success").GetBoolean());
        var data = json.GetProperty("data");
        Assert.Equal(userId, data.GetProperty("userId").GetString());
        Assert.Equal(email, data.TryGetProperty("email", out var value) ? value.GetString() : null);
        Assert.Equal(email is not null, data.TryGetProperty("email", out _));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("revoked")]
    [InlineData("unknown")]
    [InlineData("missing")]
    [InlineData("refresh")]
    [InlineData("userless")]
    public async Task An_invalid_token_is_unauthorized(string kind)
    {
        var issued = Emulator.Tokens.Issue();
        switch (kind)
        {
            case "expired":
                Emulator.Clock.Advance(Emulator.Options.AccessTokenLifetime);
                break;
            case "revoked":
                Emulator.Tokens.Revoke(issued.AccessToken);
                break;
            case "userless":
                Emulator.Users.Remove(BinanceEmulatorDefaults.UserId);
                break;
        }

        using var response = await Visitor.UserInfoAsync(kind switch
        {
            "unknown" => Guid.NewGuid().ToString(),
            "missing" => null,
            "refresh" => issued.RefreshToken,
            _ => issued.AccessToken,
        });

        await AssertFailureAsync(response, HttpStatusCode.Unauthorized, BinanceEmulatorDefaults.InvalidTokenCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_token_is_valid_until_it_expires()
    {
        var issued = Emulator.Tokens.Issue();
        Emulator.Clock.Advance(Emulator.Options.AccessTokenLifetime - TimeSpan.FromMinutes(1));

        using var response = await Visitor.UserInfoAsync(issued.AccessToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_token_without_user_openId_has_insufficient_scope()
    {
        using var response = await Visitor.UserInfoAsync(Emulator.Tokens.Issue(scopes: ["user:email"]).AccessToken);

        await AssertFailureAsync(response, HttpStatusCode.Forbidden, BinanceEmulatorDefaults.InsufficientScopeCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_in_the_query_is_refused(bool alsoInHeader)
    {
        var token = Emulator.Tokens.Issue().AccessToken;

        using var response = await Visitor.ApiAsync(HttpMethod.Get, $"/oauth-api/v1/user-info?access_token={token}", alsoInHeader ? token : null);

        await AssertFailureAsync(response, HttpStatusCode.BadRequest, BinanceEmulatorDefaults.InvalidRequestCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Another_method_is_not_allowed(string method)
    {
        using var response = await Visitor.ApiAsync(new HttpMethod(method), "/oauth-api/v1/user-info", Emulator.Tokens.Issue().AccessToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_changed_account_is_returned_at_once()
    {
        var issued = Emulator.Tokens.Issue(scopes: ["user:openId", "user:email"]);
        Emulator.Users.Remove(BinanceEmulatorDefaults.UserId);
        Emulator.Users.Add(new EmulatorUser { UserId = BinanceEmulatorDefaults.UserId, Email = "changed@example.com", Label = "Changed" });

        using var response = await Visitor.UserInfoAsync(issued.AccessToken);

        Assert.Equal("changed@example.com", (await Visitor.JsonAsync(response)).GetProperty("data").GetProperty("email").GetString());
    }

    internal static async Task AssertFailureAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        var json = await Visitor.JsonAsync(response);
        Assert.Equal(code, json.GetProperty("code").GetString());
        Assert.Matches("^[0-9]{6}$", code);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("data").ValueKind);
        Assert.False(json.GetProperty("success").GetBoolean());
    }
}
