using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A derived handler that has the base class exchange the code, and returns tokens of its own.
/// </summary>
public sealed class HandlerTokensTests
{
    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_the_handler_returns_for_a_refused_code_sign_the_user_in()
    {
        TestSite? own = null;
        await using var site = own = await OwnExchange.StartAsync(async (context, exchange) =>
        {
            Assert.NotNull((await exchange(context)).Error);
            return ResponseWith(own!.Emulator.Tokens.Issue());
        });
        var browser = site.Browser();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);

        browser.Receive(await browser.DeliverCallbackAsync(await browser.ConsentAsync()));

        await site.AssertLiveAsync(browser);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_delivery_with_other_tokens_signs_their_user_in()
    {
        EmulatorTokenPair? other = null;
        await using var site = await OwnExchange.StartAsync(async (context, exchange) =>
        {
            var exchanged = await exchange(context);
            return other is null ? exchanged : ResponseWith(other);
        });
        var (browser, callback) = await site.ConsentedAsync();
        Assert.Null((await browser.DeliverCallbackAsync(callback)).Failure());

        other = site.Emulator.Tokens.Issue(userId: BinanceEmulatorDefaults.SecondUserId);
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    private static OAuthTokenResponse ResponseWith(EmulatorTokenPair tokens)
        => OAuthTokenResponse.Success(JsonDocument.Parse($$"""{"access_token":"{{tokens.AccessToken}}","token_type":"bearer"}"""));
}
