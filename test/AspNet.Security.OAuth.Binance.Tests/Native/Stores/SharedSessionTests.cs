using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.NativeProcess;
using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// Three processes with one session in one file, at a server that ends a session whose refresh token is used twice.
/// </summary>
public sealed class SharedSessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_processes_that_need_the_token_at_once_refresh_it_once()
    {
        await using var session = await SharedSession.SignInAsync();
        await using var first = await session.StartProcessAsync();
        await using var second = await session.StartProcessAsync();
        await using var third = await session.StartProcessAsync();
        HelperProcess[] processes = [first, second, third];
        using (session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await Task.WhenAll(processes.Select(process => process.StartAndWaitForLockAsync()));
        }

        var tokens = await Task.WhenAll(processes.Select(process => process.ReadResultAsync()));

        Assert.Equal(1, session.Refreshes);
        Assert.All(tokens, token => Assert.Equal(tokens[0], token));
        Assert.Equal(tokens[0], await session.AssertValidAsync());
    }

    [Fact]
    public async Task Process_that_is_killed_while_it_waits_for_the_lock_does_not_affect_the_others()
    {
        await using var session = await SharedSession.SignInAsync();
        await using var first = await session.StartProcessAsync();
        await using var killed = await session.StartProcessAsync();
        await using var third = await session.StartProcessAsync();
        using (var hold = session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await first.StartWorkAsync();
            await hold.WaitForCallsAsync(1, Cancellation);
            await Task.WhenAll(killed.StartAndWaitForLockAsync(), third.StartAndWaitForLockAsync());
            Assert.DoesNotContain(Commands.Locked, await killed.KillAsync());
            Assert.Equal(1, hold.Arrived);
        }

        var token = await first.ReadResultAsync();

        Assert.Equal(token, await third.ReadResultAsync());
        Assert.Equal(token, await session.AssertValidAsync());
        Assert.Equal(1, session.Refreshes);
    }

    [Fact]
    public async Task Process_that_is_killed_with_the_lock_before_its_request_is_processed_releases_the_lock_and_the_token()
    {
        await using var session = await SharedSession.SignInAsync();
        await using var killed = await session.StartProcessAsync();
        await using var second = await session.StartProcessAsync();
        await using var third = await session.StartProcessAsync();
        using (var hold = session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await killed.StartWorkAsync();
            await hold.WaitForCallsAsync(1, Cancellation);
            await Task.WhenAll(second.StartAndWaitForLockAsync(), third.StartAndWaitForLockAsync());
            await killed.KillAsync();

            // The server has recorded the aborted request, and another process has the lock.
            await session.Binance.Requests.WaitForAsync(request => request is { GrantType: "refresh_token", Status: 0 }, Cancellation);
            await hold.WaitForCallsAsync(2, Cancellation);
        }

        var token = await second.ReadResultAsync();

        Assert.Equal(token, await third.ReadResultAsync());
        Assert.Equal(token, await session.AssertValidAsync());
        Assert.Equal(1, session.Refreshes);
    }

    /// <summary>
    /// The new refresh token was only in the lost response, and a server that rotates treats the old one as stolen. With a server that keeps the
    /// refresh token the session continues.
    /// </summary>
    [Theory]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    [InlineData(RefreshTokenBehavior.Keep)]
    public async Task Process_that_is_killed_before_the_response_loses_the_session_only_if_the_server_rotates(RefreshTokenBehavior behavior)
    {
        await using var session = await SharedSession.SignInAsync(behavior);
        await using var killed = await session.StartProcessAsync();
        await using var second = await session.StartProcessAsync();
        session.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(Timeout.InfiniteTimeSpan));
        await killed.StartWorkAsync();
        await session.Binance.Requests.WaitForAsync(request => request is { GrantType: "refresh_token", Status: 200 }, Cancellation);
        await second.StartAndWaitForLockAsync();

        await killed.KillAsync();

        var result = await second.ReadResultAsync();
        Assert.Equal(2, session.Refreshes);
        if (behavior is RefreshTokenBehavior.Keep)
        {
            Assert.Contains(result, session.Binance.Tokens.AccessTokens.Select(token => Commands.Fingerprint(token.Value)));
        }
        else
        {
            Assert.Equal(nameof(BinanceFailure.InvalidGrant), result);
            Assert.Null(await session.Store.ReadAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Sign_out_in_one_process_is_not_undone_by_a_refresh_in_another()
    {
        await using var session = await SharedSession.SignInAsync();
        await using var refreshing = await session.StartProcessAsync();
        await using var waiting = await session.StartProcessAsync();
        await using var signingOut = await session.StartProcessAsync(Commands.SignOut);
        using (var hold = session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await refreshing.StartWorkAsync();
            await hold.WaitForCallsAsync(1, Cancellation);
            await waiting.StartAndWaitForLockAsync();
            await signingOut.StartWorkAsync();

            // Not confirmed: the stored access token has expired.
            Assert.Equal(bool.FalseString, await signingOut.ReadResultAsync());
            Assert.Null(await session.Store.ReadAsync(Cancellation));
        }

        Assert.Equal(nameof(BinanceFailure.NotSignedIn), await refreshing.ReadResultAsync());
        Assert.Equal(nameof(BinanceFailure.NotSignedIn), await waiting.ReadResultAsync());
        Assert.Null(await session.Store.ReadAsync(Cancellation));
        Assert.Equal(1, session.Refreshes);
        Assert.Empty(session.Binance.Tokens.AccessTokens);
        Assert.Empty(session.Binance.Tokens.RefreshTokens);
    }
}
