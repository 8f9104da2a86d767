using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.NativeProcess;

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
        StoreProcess[] processes = [first, second, third];
        using (session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await Task.WhenAll(processes.Select(process => process.GoToTheLockAsync()));
        }

        var tokens = await Task.WhenAll(processes.Select(process => process.ReadResultAsync()));

        Assert.Equal(1, session.Refreshes);
        Assert.All(tokens, token => Assert.Equal(tokens[0], token));
        Assert.Equal(tokens[0], await session.AssertAliveAsync());
    }

    [Fact]
    public async Task Process_that_is_killed_while_it_waits_for_the_lock_takes_nothing_with_it()
    {
        await using var session = await SharedSession.SignInAsync();
        await using var first = await session.StartProcessAsync();
        await using var killed = await session.StartProcessAsync();
        await using var third = await session.StartProcessAsync();
        using (var hold = session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await first.GoAsync();
            await hold.WaitForCallsAsync(1, Cancellation);
            await Task.WhenAll(killed.GoToTheLockAsync(), third.GoToTheLockAsync());
            Assert.DoesNotContain(Commands.Locked, await killed.KillAsync());
            Assert.Equal(1, hold.Arrived);
        }

        var token = await first.ReadResultAsync();

        Assert.Equal(token, await third.ReadResultAsync());
        Assert.Equal(token, await session.AssertAliveAsync());
        Assert.Equal(1, session.Refreshes);
    }

    [Fact]
    public async Task Process_that_is_killed_with_the_lock_before_the_server_worked_on_its_request_leaves_both_to_the_others()
    {
        await using var session = await SharedSession.SignInAsync();
        await using var killed = await session.StartProcessAsync();
        await using var second = await session.StartProcessAsync();
        await using var third = await session.StartProcessAsync();
        using (var hold = session.Binance.Faults.Hold(EmulatorEndpoint.Token))
        {
            await killed.GoAsync();
            await hold.WaitForCallsAsync(1, Cancellation);
            await Task.WhenAll(second.GoToTheLockAsync(), third.GoToTheLockAsync());
            await killed.KillAsync();

            // The server has noticed, and one of the others has the lock.
            await session.Binance.Requests.WaitForAsync(request => request is { GrantType: "refresh_token", Status: 0 }, Cancellation);
            await hold.WaitForCallsAsync(2, Cancellation);
        }

        var token = await second.ReadResultAsync();

        Assert.Equal(token, await third.ReadResultAsync());
        Assert.Equal(token, await session.AssertAliveAsync());
        Assert.Equal(1, session.Refreshes);
    }

    /// <summary>
    /// No client can help it: the new refresh token was only in the response, and a server that rotates takes the old one for stolen. A server
    /// that keeps the refresh token lets the others go on.
    /// </summary>
    [Theory]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    [InlineData(RefreshTokenBehavior.Keep)]
    public async Task Process_that_is_killed_before_it_got_the_response_loses_the_session_only_where_the_server_rotates(RefreshTokenBehavior behavior)
    {
        await using var session = await SharedSession.SignInAsync(behavior);
        await using var killed = await session.StartProcessAsync();
        await using var second = await session.StartProcessAsync();
        session.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(Timeout.InfiniteTimeSpan));
        await killed.GoAsync();
        await session.Binance.Requests.WaitForAsync(request => request is { GrantType: "refresh_token", Status: 200 }, Cancellation);
        await second.GoToTheLockAsync();

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
            await refreshing.GoAsync();
            await hold.WaitForCallsAsync(1, Cancellation);
            await waiting.GoToTheLockAsync();
            await signingOut.GoAsync();

            // Not confirmed: the token that it knows has expired.
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
