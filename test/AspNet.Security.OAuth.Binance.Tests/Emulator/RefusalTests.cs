using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The reason in <see cref="EmulatorRequest.Refusal"/>: the rule, the expected and the received value.</summary>
public sealed class RefusalTests : RefusalTest
{
    public static TheoryData<string, string?, string, string?, string?> Authorize => new()
    {
        { "response_type", "token", "The response_type must be code.", "code", "token" },
        { "response_type", null, "The response_type is missing.", "code", null },
        { "response_mode", "form_post", "The response_mode must be query, or be omitted.", "query", "form_post" },
        { "scope", "user:openId user:email", "The scope must be a list separated by commas, without blanks and repetitions.", "user:openId,user:email", "user:openId user:email" },
        { "code_challenge_method", "plain", "The code_challenge_method must be S256.", "S256", "plain" },
        { "client_id", "nobody", "The client_id in the request is not registered with this emulator.", "binance-emulator-client, binance-emulator-public-client", "nobody" },
        { "emulator_user", "nobody", "The emulator has no such account.", string.Join(", ", Ids), "nobody" },
    };

    public static TheoryData<string, string?, string, string?, string?> Code => new()
    {
        { "grant_type", "password", "The grant_type must be authorization_code or refresh_token.", "authorization_code or refresh_token", "password" },
        { "grant_type", null, "The grant_type is missing.", "authorization_code or refresh_token", null },
        { "client_id", "nobody", "The client_id is missing or unknown.", "binance-emulator-client, binance-emulator-public-client", "nobody" },
        { "client_secret", "guessed-secret", "The client_secret is missing or wrong.", "binance… (23 characters)", "gues… (14 characters)" },
        { "client_secret", null, "The client_secret is missing or wrong.", "binance… (23 characters)", null },
        { "redirect_uri", "http://localhost:1/x", "The redirect_uri differs from that of the authorize request.", Visitor.RedirectUri, "http://localhost:1/x" },
        { "code_verifier", null, "The code_verifier is missing.", "the code_verifier of the code_challenge E9Melhoa… (43 characters)", null },
        { "code_verifier", "short", "A code_verifier must be 43 to 128 unreserved characters (RFC 7636 section 4.1).", "43 to 128 characters", "s… (5 characters)" },
    };

    private static string[] Ids => [BinanceEmulatorDefaults.UserId, BinanceEmulatorDefaults.UserIdWithoutEmail, BinanceEmulatorDefaults.SecondUserId];

    [Theory]
    [MemberData(nameof(Authorize))]
    public async Task A_refused_authorize_request_has_the_reason(string parameter, string? value, string rule, string? expected, string? actual)
    {
        using var response = await Visitor.AuthorizeAsync((parameter, value));

        AssertRefusal(rule, expected, actual);
    }

    [Theory]
    [MemberData(nameof(Code))]
    public async Task A_refused_code_has_the_reason(string parameter, string? value, string rule, string? expected, string? actual)
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(), (parameter, value));

        AssertRefusal(rule, expected, actual);
        Assert.Equal(rule, (await Visitor.JsonAsync(response)).GetProperty("error_description").GetString());
    }

    [Fact]
    public async Task The_reason_names_a_repeated_parameter()
    {
        using var response = await Visitor.Http.GetAsync(Visitor.AuthorizeUrl() + "&state=again", Cancellation);

        AssertRefusal("A parameter is repeated.", "each parameter once", "state");
    }

    [Fact]
    public async Task The_reason_has_the_challenge_of_a_wrong_verifier()
    {
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(), ("code_verifier", new string('v', 43)));

        AssertRefusal(
            "The code_verifier does not match the code_challenge.",
            "the code_challenge E9Melhoa… (43 characters)",
            "a code_verifier with the code_challenge 7w_YNF9D… (43 characters)");
    }

    [Fact]
    public async Task A_header_without_a_scheme_is_shortened()
    {
        Visitor.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "a-secret-without-a-scheme");

        using var response = await Visitor.RefreshAsync("any");

        Assert.DoesNotContain("without", Last!.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_is_an_emulator_without_accounts()
    {
        Emulator.Users.Clear();
        Emulator.Options.AutoApprove = true;

        using var response = await Visitor.AuthorizeAsync();

        AssertRefusal("The emulator has no accounts, so nobody can sign in.", null, null);
    }

    [Fact]
    public async Task The_reason_has_the_unknown_path()
    {
        using var response = await Visitor.Http.GetAsync("/oauth/Token", Cancellation);

        Assert.Equal("/oauth/Token", Last!.Actual);
    }

    [Fact]
    public async Task The_reason_names_the_option_for_another_origin()
    {
        Visitor.Http.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");

        using var response = await Visitor.RefreshAsync("any");

        Assert.Contains("AllowedOrigins", Last!.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_valid_request_has_no_reason()
    {
        await Visitor.SignInAsync();

        Assert.All(Emulator.Requests, request => Assert.Null(request.Refusal));
    }

    [Fact]
    public async Task A_fault_is_not_a_refusal()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "Quote expired"));

        using var response = await Visitor.UserInfoAsync(null);

        Assert.Null(Last);
    }
}
