using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The status page shortens secrets in all values, bodies and paths.</summary>
public sealed class RedactionTests : EmulatorTest
{
    private const string Secret = "topsecret-0123456789-abcdefghij";

    public static TheoryData<string> Bodies =>
    [
        $"{{\"access_token\":\"{Secret}\"}}",
        $"[{{\"access_token\":\"{Secret}\"}}]",
        $"{{\"data\":{{\"list\":[{{\"refresh_token\":\"{Secret}\"}}]}}}}",
        $"{{\"code\":\"{Secret}\"}}",
        $"{{\"access_token\":\"{Secret}\",}}",
        $"\uFEFF{{\"access_token\":\"{Secret}\"}}",
        $"{{\"access_token\":\"{Secret}\",\"access_token\":\"{Secret}\"}}",
        $"{{\"name\":\"\\ud800\",\"access_token\":\"{Secret}\"}}",
        $"access_token={Secret}&token_type=bearer",
        $"token: {Secret}",
        $"{{\"padding\":\"{new string('x', 9000)}\",\"access_token\":\"{Secret}\"}}",
        $"{{\"access_token\":\"{Secret}\",\"padding\":\"{new string('x', 9000)}\"}}",
        "{\"access_token\":123456789012345678901234567890}",
        "{\"name\":\"\\ud800\"}",
        "{\"error\":\"a\",\"error\":\"b\"}",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task The_secrets_in_a_scripted_body_are_shortened(string body)
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(body));
        using var response = await Visitor.RefreshAsync("any");

        await AssertHiddenAsync(Secret, "123456789012345678901234567890");
    }

    [Fact]
    public async Task A_token_in_a_path_and_in_another_parameter_is_shortened()
    {
        var tokens = Emulator.Tokens.Issue();
        using var path = await Visitor.Http.GetAsync($"/oauth-api/v1/user-info/{tokens.AccessToken}", Cancellation);
        using var parameter = await Visitor.Http.GetAsync($"/oauth-api/v1/user-info?whatever={tokens.AccessToken}", Cancellation);

        await AssertHiddenAsync(tokens.AccessToken);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("Client_Secret")]
    [InlineData("id_token_hint")]
    [InlineData("assertion")]
    [InlineData("api_key")]
    public async Task A_parameter_with_the_name_of_a_secret_is_shortened(string name)
    {
        using var response = await Visitor.PostAsync([new(name, Secret)], "/oauth-api/v1/revoke-token");

        await AssertHiddenAsync(Secret);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData("Bearer " + Secret)]
    [InlineData("Bearer Bearer " + Secret)]
    public async Task A_header_is_shortened(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        await AssertHiddenAsync(Secret);
    }

    [Fact]
    public async Task A_secret_that_the_response_repeats_is_shortened()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body($"We do not know {Secret}.", 400, "text/plain"));
        using var response = await Visitor.RefreshAsync(Secret);

        await AssertHiddenAsync(Secret);
    }

    [Fact]
    public async Task The_code_of_an_envelope_is_not_shortened()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "Quote expired"));
        using var response = await Visitor.UserInfoAsync(null);

        Assert.Contains("117041", await Visitor.Http.GetStringAsync("/emulator", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_cut_between_the_halves_of_a_character_is_shown()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(new string('x', 1999) + "😀😀"));
        using var response = await Visitor.RefreshAsync("any");

        Assert.DoesNotContain("\uFFFD", await Visitor.Http.GetStringAsync("/emulator", Cancellation), StringComparison.Ordinal);
    }

    private async Task AssertHiddenAsync(params string[] secrets)
    {
        foreach (var path in new[] { "/emulator", "/emulator/live" })
        {
            var html = await Visitor.Http.GetStringAsync(path, Cancellation);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, html, StringComparison.Ordinal));
        }
    }
}
