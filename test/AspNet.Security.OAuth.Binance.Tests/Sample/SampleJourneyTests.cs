using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

public sealed class SampleJourneyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/profile", "/profile")]
    [InlineData("/account/login?returnUrl=%2Fprofile%3Fa%3D1", "/profile?a=1")]
    [InlineData("/account/login", "/")]
    [InlineData("/account/login?returnUrl=https%3A%2F%2Fevil.example%2F", "/")]
    [InlineData("/account/login?returnUrl=%2F%2Fevil.example", "/")]
    [InlineData("/account/login?returnUrl=%2F%5Cevil.example", "/")]
    [InlineData("/account/login?returnUrl=%5C%5Cevil.example", "/")]
    [InlineData("/account/login?returnUrl=javascript%3Aalert(1)", "/")]
    [InlineData("/account/login?returnUrl=%2F%09%2Fevil.example", "/")]
    public async Task Login_returns_to_the_opened_page_if_it_is_on_this_site(string opened, string expected)
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.SignInAsync(opened);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(expected, PathOf(response));
    }

    [Fact]
    public async Task Profile_shows_the_user_and_never_a_token()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();

        var profile = await visitor.GetTextAsync("/profile");

        var user = sample.Binance.Users.First();
        Assert.Contains(user.UserId, profile, StringComparison.Ordinal);
        Assert.Contains(user.Email!, profile, StringComparison.Ordinal);
        Assert.All(
            sample.Binance.Tokens.AccessTokens.Concat(sample.Binance.Tokens.RefreshTokens),
            token => Assert.DoesNotContain(token.Value, profile, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Api_returns_json_for_a_user_and_401_without_a_redirect_otherwise()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);

        using var anonymous = await visitor.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);

        using var signedIn = await visitor.SignInAsync();
        using var response = await visitor.GetAsync("/api/me");
        var me = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(["userId", "email", "expiresAt"], me.EnumerateObject().Select(property => property.Name));
        Assert.Equal(sample.Binance.Users.First().UserId, me.GetProperty("userId").GetString());
        Assert.Equal(sample.Binance.Users.First().Email, me.GetProperty("email").GetString());
        var expected = Assert.Single(sample.Binance.Tokens.AccessTokens).ExpiresAt!.Value;
        Assert.Equal(expected, me.GetProperty("expiresAt").GetDateTimeOffset(), TimeSpan.FromMinutes(1));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Sign_out_ends_the_session_and_revokes_the_token_once()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();
        var token = Assert.Single(sample.Binance.Tokens.AccessTokens).Value;

        using var response = await visitor.SignOutAsync();

        Assert.Equal("/", PathOf(response));
        Assert.False(sample.Binance.Tokens.IsLive(token));
        Assert.Equal(1, sample.Binance.Requests.Count(EmulatorEndpoint.Revoke));
        using var after = await visitor.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Sign_out_needs_a_post_with_the_antiforgery_token()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();

        using var byGet = await visitor.GetAsync("/account/logout");
        using var withoutToken = await visitor.PostAsync("/account/logout");

        Assert.InRange((int)byGet.StatusCode, 400, 499);
        Assert.Equal(HttpStatusCode.BadRequest, withoutToken.StatusCode);
        using var me = await visitor.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal(0, sample.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task A_cancelled_login_offers_to_try_again_with_the_same_return_url()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.SignInAsync("/profile", "emulator_decision");

        Assert.StartsWith("/account/denied?", PathOf(response), StringComparison.Ordinal);
        var page = await visitor.GetTextAsync(PathOf(response));
        Assert.Contains("Sign-in cancelled", page, StringComparison.Ordinal);
        Assert.Contains("/account/login?returnUrl=%2Fprofile", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_ends_on_a_page_with_a_link_to_try_again()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);
        sample.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var response = await visitor.SignInAsync("/profile");

        Assert.Equal("/account/failed?failure=unavailable&returnUrl=%2Fprofile", PathOf(response));
        Assert.Contains("Binance cannot be reached", await visitor.GetTextAsync(PathOf(response)), StringComparison.Ordinal);
    }

    private static string PathOf(HttpResponseMessage response)
        => new Uri(new Uri("http://localhost"), response.Headers.Location!).PathAndQuery;
}
