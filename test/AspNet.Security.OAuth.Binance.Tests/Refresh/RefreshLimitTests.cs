using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The tokens of a refresh have the same length limits as those of a sign-in, because they are stored in a cookie.
/// </summary>
public sealed class RefreshLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("access_token", 4096, true)]
    [InlineData("access_token", 4097, false)]
    [InlineData("access_token", 24_000, false)]
    [InlineData("refresh_token", 4096, true)]
    [InlineData("refresh_token", 4097, false)]
    [InlineData("refresh_token", 24_000, false)]
    [InlineData("token_type", 33, false)]
    [InlineData("token_type", 24_000, false)]
    public async Task Refresh_with_a_field_that_is_too_long_keeps_the_session_and_its_tokens(string field, int length, bool accepted)
    {
        await using var site = await TestSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(Responses.TokensWith(field, $"\"{LongText.Of(length)}\"")));

        await browser.GetAsync("/session");
        var after = await browser.SessionAsync();

        Assert.True(after.SignedIn);
        Assert.Equal(accepted, before.AccessToken != after.AccessToken);
        Assert.Equal(accepted, before.RefreshToken != after.RefreshToken);
        Assert.Equal(accepted ? [] : ["RefreshFailed"], site.Logged(LogLevel.Warning).Select(record => record.Id.Name));
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task Token_service_has_the_same_limit(int length, bool accepted)
    {
        await using var site = await TestSite.StartAsync();
        var issued = site.Emulator.Tokens.Issue();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(Responses.TokensWith("access_token", $"\"{LongText.Of(length)}\"")));

        var exception = await Record.ExceptionAsync(() => site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop));

        Assert.Equal(accepted ? null : BinanceFailure.InvalidResponse, (exception as BinanceAuthenticationException)?.Failure);
    }
}
