using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class AuthorizationCodeTests : EmulatorTest
{
    [Theory]
    [InlineData("code", null, "invalid_request")]
    [InlineData("code", "0000000000000000000000000000000000000000", "invalid_grant")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("redirect_uri", "http://localhost:5201/signin-binance", "invalid_grant")]
    [InlineData("code_verifier", null, "invalid_grant")]
    [InlineData("code_verifier", "", "invalid_grant")]
    [InlineData("code_verifier", "too-short", "invalid_request")]
    [InlineData("code_verifier", "dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk", "invalid_request")]
    [InlineData("code_verifier", "another-verifier-another-verifier-another-v", "invalid_grant")]
    [InlineData("code_verifier", Visitor.Challenge, "invalid_grant")]
    public async Task A_wrong_parameter_is_refused(string parameter, string? value, string error)
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(), (parameter, value));

        await Visitor.AssertOAuthErrorAsync(response, error);
        Assert.Empty(Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(42, false)]
    [InlineData(43, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task A_verifier_has_43_to_128_characters(int length, bool isRight)
    {
        var verifier = new string('~', length);
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier)));

        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(("code_challenge", challenge)), ("code_verifier", verifier));

        Assert.Equal(isRight ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_verifier_without_a_challenge_is_refused()
    {
        var code = await Visitor.GetCodeAsync(("code_challenge", null), ("code_challenge_method", null));

        using var response = await Visitor.RedeemAsync(code);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
    }

    [Fact]
    public async Task A_code_of_another_client_is_refused()
    {
        var code = await Visitor.GetCodeAsync(("client_id", BinanceEmulatorDefaults.PublicClientId));

        using var response = await Visitor.RedeemAsync(code);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task A_code_is_valid_for_sixty_seconds(int seconds, bool isLive)
    {
        var code = await Visitor.GetCodeAsync();
        Emulator.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(isLive ? 500 : 0));

        using var response = await Visitor.RedeemAsync(code);

        Assert.Equal(isLive ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_failed_attempt_uses_up_the_code()
    {
        var code = await Visitor.GetCodeAsync();
        using var wrong = await Visitor.RedeemAsync(code, ("code_verifier", "another-verifier-another-verifier-another-v"));

        using var response = await Visitor.RedeemAsync(code);

        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
    }

    [Fact]
    public async Task A_replayed_code_is_refused_and_kills_what_it_issued()
    {
        var code = await Visitor.GetCodeAsync();
        using var first = await Visitor.RedeemAsync(code);
        var (accessToken, refreshToken) = await Visitor.TokensAsync(first);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        var (newAccessToken, newRefreshToken) = await Visitor.TokensAsync(refreshed);

        using var replayed = await Visitor.RedeemAsync(code);

        await Visitor.AssertOAuthErrorAsync(replayed, "invalid_grant");
        Assert.False(Emulator.Tokens.IsLive(accessToken));
        Assert.False(Emulator.Tokens.IsLive(newAccessToken));
        Assert.False(Emulator.Tokens.IsRefreshTokenLive(newRefreshToken));
    }

    [Fact]
    public async Task Of_fifty_concurrent_requests_with_one_code_one_gets_tokens_and_the_others_revoke_them()
    {
        var code = await Visitor.GetCodeAsync();
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var calls = Enumerable.Range(0, 50).Select(_ => Visitor.RedeemAsync(code)).ToList();
        await hold.WaitForCallsAsync(50, Cancellation);

        hold.Release();
        var responses = await Task.WhenAll(calls);

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(49, responses.Count(response => response.StatusCode == HttpStatusCode.BadRequest));
        Assert.Empty(Emulator.Tokens.AccessTokens);
        Assert.Empty(Emulator.Tokens.RefreshTokens);
    }
}
