using System.Buffers;
using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// An exchange is found by the hash of its state, code, redirect URI and verifier, which are put together in a pooled buffer.
/// </summary>
public sealed class ExchangeKeyTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("verifier")]
    [InlineData("code")]
    [InlineData("redirect URI")]
    public async Task A_part_that_is_longer_than_the_state_is_sent(string part)
    {
        var text = RandomNumberGenerator.GetHexString(8000);
        await using var site = await OwnExchange.StartAsync((context, exchange) =>
        {
            if (part is "verifier")
            {
                context.Properties.Items[OAuthConstants.CodeVerifierKey] = text;
            }

            return exchange(new(context.Properties, part is "code" ? text : context.Code, part is "redirect URI" ? text : context.RedirectUri));
        });
        var browser = site.Browser();

        await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.Equal(1, site.TokenRequests());
    }

    // ArrayPool<byte>.Shared keeps an array for each thread, and nothing else of a sign-in takes one as long as for this state.
    [Fact(Timeout = 60_000)]
    public async Task The_buffer_is_returned_to_the_pool_without_the_state()
    {
        const int Length = 100_000;
        var (before, after) = (Array.Empty<byte>(), Array.Empty<byte>());
        await using var site = await OwnExchange.StartAsync(async (context, exchange) =>
        {
            before = ArrayPool<byte>.Shared.Rent(Length);
            before.AsSpan().Fill(1);
            ArrayPool<byte>.Shared.Return(before);
            var exchanging = exchange(context);
            after = ArrayPool<byte>.Shared.Rent(Length);
            return await exchanging;
        });
        var browser = site.Browser();

        await browser.ReturnWithCodeAsync(await browser.ChallengeAsync("/login?returnUrl=/" + new string('a', 20_000)));

        Assert.Same(before, after);
        Assert.Equal(-1, after.AsSpan().IndexOfAnyExcept((byte)0));
    }
}
