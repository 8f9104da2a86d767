using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The reason for the refusal of a token.</summary>
public sealed class TokenRefusalTests : RefusalTest
{
    [Fact]
    public async Task The_reason_has_the_expiry_of_a_token()
    {
        var tokens = Emulator.Tokens.Issue();
        Emulator.Clock.Advance(TimeSpan.FromHours(9));

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken);

        Assert.Equal("The access token has expired.", Last!.Rule);
        Assert.Equal($"used before {tokens.ExpiresAt:u}", Last.Expected);
        Assert.StartsWith("used at 20", Last.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_has_the_cause_of_a_revocation()
    {
        var byApplication = Emulator.Tokens.Issue();
        var byTest = Emulator.Tokens.Issue();
        var byKey = Emulator.Tokens.Issue();
        using var revoked = await Visitor.RevokeAsync(byApplication.AccessToken);
        Emulator.Tokens.Revoke(byTest.RefreshToken);
        Emulator.Tokens.CreateApiKey(byKey.AccessToken);

        using var first = await Visitor.UserInfoAsync(byApplication.AccessToken);
        AssertRefusal("The access token is revoked: revoked by the application.", null, null);
        using var second = await Visitor.RefreshAsync(byTest.RefreshToken);
        AssertRefusal("The refresh_token is revoked: revoked through Tokens.Revoke.", null, null);
        using var third = await Visitor.RefreshAsync(byKey.RefreshToken);
        AssertRefusal("The refresh_token is revoked: an API key was created with it (W9).", null, null);
    }

    [Fact]
    public async Task The_reason_has_the_revocation_or_the_expiry_of_the_token_alone()
    {
        Emulator.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        var alone = Emulator.Tokens.Issue();
        using var revoked = await Visitor.RevokeAsync(alone.AccessToken);
        var early = Emulator.Tokens.Issue();
        Emulator.Tokens.ExpireAccessTokens();

        using var first = await Visitor.UserInfoAsync(alone.AccessToken);
        AssertRefusal("The access token is no longer valid: revoked by the application.", null, null);
        using var second = await Visitor.UserInfoAsync(early.AccessToken);
        AssertRefusal("The access token is no longer valid: it was expired by a test.", null, null);
    }

    [Fact]
    public async Task The_reason_is_the_use_of_the_refresh_token()
    {
        Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate;
        var tokens = Emulator.Tokens.Issue();
        using var first = await Visitor.RefreshAsync(tokens.RefreshToken);

        using var second = await Visitor.RefreshAsync(tokens.RefreshToken);

        AssertRefusal("The refresh_token is no longer valid: it was used before.", null, null);
    }

    [Fact]
    public async Task The_reason_is_the_reuse_that_revoked_the_grant()
    {
        var tokens = Emulator.Tokens.Issue();
        using var first = await Visitor.RefreshAsync(tokens.RefreshToken);

        using var second = await Visitor.RefreshAsync(tokens.RefreshToken);

        AssertRefusal("The refresh_token is revoked: refresh token used twice.", null, null);
    }

    [Fact]
    public async Task The_reason_names_both_clients()
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await Visitor.RefreshAsync(tokens.RefreshToken, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));

        AssertRefusal("The refresh_token was issued to another client.", BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.PublicClientId);
    }

    [Fact]
    public async Task The_reason_is_a_restart_for_an_older_token()
    {
        EmulatorTokenPair tokens;
        await using (var before = await BinanceEmulator.StartAsync(cancellationToken: Cancellation))
        {
            tokens = before.Tokens.Issue();
        }

        using var userInfo = await Visitor.UserInfoAsync(tokens.AccessToken);
        var access = Last!;
        using var refresh = await Visitor.RefreshAsync(tokens.RefreshToken);
        var refreshed = Last!;
        var page = await Visitor.Http.GetStringAsync("/", Cancellation);

        Assert.Equal("The access token is unknown: it was issued before this emulator started or was reset, or by another server.", access.Rule);
        Assert.Equal("The refresh_token is unknown: it was issued before this emulator started or was reset, or by another server.", refreshed.Rule);
        Assert.All([access, refreshed], refusal => Assert.StartsWith("issued since 20", refusal.Expected, StringComparison.Ordinal));
        Assert.Contains(access.Rule, page, StringComparison.Ordinal);
        Assert.Contains(refreshed.Rule, page, StringComparison.Ordinal);
        Assert.Equal(access.Rule, (await Visitor.JsonAsync(userInfo)).GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_reason_has_the_kind_of_a_misplaced_token()
    {
        var tokens = Emulator.Tokens.Issue();

        using var first = await Visitor.UserInfoAsync(tokens.RefreshToken);
        AssertRefusal("The access token is expected, and this is a refresh token.", "access token", "a refresh token");
        using var second = await Visitor.RefreshAsync(tokens.AccessToken);
        AssertRefusal("The refresh_token is expected, and this is an access token.", "refresh_token", "an access token");
        using var third = await Visitor.RedeemAsync(tokens.AccessToken);
        AssertRefusal("The code is expected, and this is a token.", "code", "a token");
    }

    [Fact]
    public async Task The_reason_has_the_format_of_a_token()
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken[..20]);

        AssertRefusal(
            "This is not a valid access token: its length or its characters are wrong.",
            "36 characters such as 83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5",
            $"{tokens.AccessToken[..6]}… (20 characters)");
    }

    [Fact]
    public async Task The_reason_may_be_the_removal_of_the_oldest_token()
    {
        Emulator.Options.MaxTokens = 1;
        var first = Emulator.Tokens.Issue();
        Emulator.Tokens.Issue();

        using var response = await Visitor.UserInfoAsync(first.AccessToken);

        Assert.Contains("was removed as one of the oldest", Last!.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_is_the_removal_of_the_account()
    {
        var tokens = Emulator.Tokens.Issue();
        Emulator.Users.Remove(BinanceEmulatorDefaults.UserId);

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken);

        AssertRefusal("The account of the access token was removed.", "a known account", BinanceEmulatorDefaults.UserId);
    }
}
