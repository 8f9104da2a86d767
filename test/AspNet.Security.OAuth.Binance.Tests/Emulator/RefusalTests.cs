using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary><see cref="EmulatorRequest.Refusal"/>: which rule a request broke, and what was expected beside what came.</summary>
public sealed class RefusalTests : EmulatorTest
{
    public static TheoryData<string, string?, string, string?, string?> Authorize => new()
    {
        { "response_type", "token", "The response_type is code.", "code", "token" },
        { "response_type", null, "The response_type is missing.", "code", null },
        { "response_mode", "form_post", "The response_mode is query, or left out.", "query", "form_post" },
        { "scope", "user:openId user:email", "The scope is a list joined by commas, without blanks and repetitions.", "user:openId,user:email", "user:openId user:email" },
        { "code_challenge_method", "plain", "The code_challenge_method is S256.", "S256", "plain" },
        { "client_id", "nobody", "The client_id in the request is not registered with this emulator.", "binance-emulator-client, binance-emulator-public-client", "nobody" },
        { "emulator_user", "nobody", "The emulator knows no such account.", string.Join(", ", Ids), "nobody" },
    };

    public static TheoryData<string, string?, string, string?, string?> Code => new()
    {
        { "grant_type", "password", "The grant_type is authorization_code or refresh_token.", "authorization_code or refresh_token", "password" },
        { "grant_type", null, "The grant_type is missing.", "authorization_code or refresh_token", null },
        { "client_id", "nobody", "The client_id is missing or unknown.", "binance-emulator-client, binance-emulator-public-client", "nobody" },
        { "client_secret", "guessed-secret", "The client_secret is missing or wrong.", "binance… (23 characters)", "gues… (14 characters)" },
        { "client_secret", null, "The client_secret is missing or wrong.", "binance… (23 characters)", null },
        { "redirect_uri", "http://localhost:1/x", "The redirect_uri differs from that of the authorize request.", Visitor.RedirectUri, "http://localhost:1/x" },
        { "code_verifier", null, "The code_verifier is missing.", "that of the code_challenge E9Melhoa… (43 characters)", null },
        { "code_verifier", "short", "A code_verifier is 43 to 128 unreserved characters (RFC 7636 section 4.1).", "43 to 128 characters", "s… (5 characters)" },
    };

    private static string[] Ids => [BinanceEmulatorDefaults.UserId, BinanceEmulatorDefaults.UserIdWithoutEmail, BinanceEmulatorDefaults.SecondUserId];

    private EmulatorRefusal? Last => Emulator.Requests.Last().Refusal;

    [Theory]
    [MemberData(nameof(Authorize))]
    public async Task An_authorize_request_says_why(string parameter, string? value, string rule, string? expected, string? actual)
    {
        using var response = await Visitor.AuthorizeAsync((parameter, value));

        AssertRefusal(rule, expected, actual);
    }

    [Theory]
    [MemberData(nameof(Code))]
    public async Task A_code_that_is_refused_says_why(string parameter, string? value, string rule, string? expected, string? actual)
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(), (parameter, value));

        AssertRefusal(rule, expected, actual);
        Assert.Equal(rule, (await Visitor.JsonAsync(response)).GetProperty("error_description").GetString());
    }

    [Fact]
    public async Task A_repeated_parameter_is_named()
    {
        using var response = await Visitor.Http.GetAsync(Visitor.AuthorizeUrl() + "&state=again", Cancellation);

        AssertRefusal("A parameter is repeated.", "each parameter once", "state");
    }

    [Fact]
    public async Task A_wrong_verifier_is_shown_as_its_challenge()
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(), ("code_verifier", new string('v', 43)));

        AssertRefusal(
            "The code_verifier is not that of the code_challenge.",
            "the code_challenge E9Melhoa… (43 characters)",
            "a code_verifier of the code_challenge 7w_YNF9D… (43 characters)");
    }

    [Fact]
    public async Task An_expired_token_says_when_it_expired()
    {
        var tokens = Emulator.Tokens.Issue();
        Emulator.Clock.Advance(TimeSpan.FromHours(9));

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken);

        Assert.Equal("The access token has expired.", Last!.Rule);
        Assert.Equal($"used before {tokens.ExpiresAt:u}", Last.Expected);
        Assert.StartsWith("used at 20", Last.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_says_by_what()
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
    public async Task A_token_that_was_revoked_alone_or_made_to_expire_says_so()
    {
        Emulator.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        var alone = Emulator.Tokens.Issue();
        using var revoked = await Visitor.RevokeAsync(alone.AccessToken);
        var early = Emulator.Tokens.Issue();
        Emulator.Tokens.ExpireAccessTokens();

        using var first = await Visitor.UserInfoAsync(alone.AccessToken);
        AssertRefusal("The access token is no longer good: revoked by the application.", null, null);
        using var second = await Visitor.UserInfoAsync(early.AccessToken);
        AssertRefusal("The access token is no longer good: it was made to expire.", null, null);
    }

    [Fact]
    public async Task A_refresh_token_that_was_used_says_so()
    {
        Emulator.Options.RefreshTokenBehavior = RefreshTokenBehavior.Rotate;
        var tokens = Emulator.Tokens.Issue();
        using var first = await Visitor.RefreshAsync(tokens.RefreshToken);

        using var second = await Visitor.RefreshAsync(tokens.RefreshToken);

        AssertRefusal("The refresh_token is no longer good: it was used before.", null, null);
    }

    [Fact]
    public async Task A_refresh_token_that_was_used_ends_its_grant_and_says_so()
    {
        var tokens = Emulator.Tokens.Issue();
        using var first = await Visitor.RefreshAsync(tokens.RefreshToken);

        using var second = await Visitor.RefreshAsync(tokens.RefreshToken);

        AssertRefusal("The refresh_token is revoked: refresh token used twice.", null, null);
    }

    [Fact]
    public async Task A_token_of_another_client_names_both()
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await Visitor.RefreshAsync(tokens.RefreshToken, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));

        AssertRefusal("The refresh_token was issued to another client.", BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.PublicClientId);
    }

    [Fact]
    public async Task A_token_from_before_a_restart_says_that_it_is_from_before()
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
    public async Task A_token_in_the_place_of_another_says_what_it_is()
    {
        var tokens = Emulator.Tokens.Issue();

        using var first = await Visitor.UserInfoAsync(tokens.RefreshToken);
        AssertRefusal("This is no access token but a refresh token.", "access token", "a refresh token");
        using var second = await Visitor.RefreshAsync(tokens.AccessToken);
        AssertRefusal("This is no refresh_token but an access token.", "refresh_token", "an access token");
        using var third = await Visitor.RedeemAsync(tokens.AccessToken);
        AssertRefusal("This is no code but a token.", "code", "a token");
    }

    [Fact]
    public async Task A_token_that_was_cut_says_what_is_expected()
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken[..20]);

        AssertRefusal(
            "This is no access token: it is too long, too short, or has other characters.",
            "36 characters such as 83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5",
            $"{tokens.AccessToken[..6]}… (20 characters)");
    }

    [Fact]
    public async Task A_token_that_had_to_make_room_says_that_it_may_have()
    {
        Emulator.Options.MaxTokens = 1;
        var first = Emulator.Tokens.Issue();
        Emulator.Tokens.Issue();

        using var response = await Visitor.UserInfoAsync(first.AccessToken);

        Assert.Contains("was removed as one of the oldest", Last!.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_a_removed_account_says_so()
    {
        var tokens = Emulator.Tokens.Issue();
        Emulator.Users.Remove(BinanceEmulatorDefaults.UserId);

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken);

        AssertRefusal("The account of the access token was removed.", "a known account", BinanceEmulatorDefaults.UserId);
    }

    [Fact]
    public async Task A_header_without_a_scheme_is_shortened()
    {
        Visitor.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "a-secret-without-a-scheme");

        using var response = await Visitor.RefreshAsync("any");

        Assert.DoesNotContain("without", Last!.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emulator_without_accounts_says_so()
    {
        Emulator.Users.Clear();
        Emulator.Options.AutoApprove = true;

        using var response = await Visitor.AuthorizeAsync();

        AssertRefusal("The emulator has no accounts, so that nobody can sign in.", null, null);
    }

    [Fact]
    public async Task An_unknown_path_says_which_came()
    {
        using var response = await Visitor.Http.GetAsync("/oauth/Token", Cancellation);

        Assert.Equal("/oauth/Token", Last!.Actual);
    }

    [Fact]
    public async Task A_page_of_another_site_is_told_what_to_set()
    {
        Visitor.Http.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");

        using var response = await Visitor.RefreshAsync("any");

        Assert.Contains("AllowedOrigins", Last!.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_right_is_not_refused()
    {
        await Visitor.SignInAsync();

        Assert.All(Emulator.Requests, request => Assert.Null(request.Refusal));
    }

    [Fact]
    public async Task A_fault_is_no_refusal()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "Quote expired"));

        using var response = await Visitor.UserInfoAsync(null);

        Assert.Null(Last);
    }

    private void AssertRefusal(string rule, string? expected, string? actual)
        => Assert.Equal((rule, expected, actual), (Last?.Rule ?? "", Last?.Expected, Last?.Actual));
}
