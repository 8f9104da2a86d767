using System.Runtime.CompilerServices;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

public sealed class TokenRefresherTests
{
    private static readonly AsyncLocal<string?> _ambient = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_refreshes_of_one_token_share_one_request()
    {
        await using var binance = await EmulatedClient.StartAsync();
        var refresher = new BinanceTokenRefresher(binance.Client);
        using var hold = binance.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var callers = Enumerable.Range(0, 50).Select(_ => refresher.RefreshAsync(binance.Tokens.RefreshToken, Token)).ToArray();
        await hold.WaitForCallsAsync(1, Token);
        hold.Release();
        var tokens = await Task.WhenAll(callers);

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, binance.TokenRequests);
        Assert.True(binance.Emulator.Tokens.IsLive(tokens[0].AccessToken));
    }

    [Fact]
    public async Task Two_tokens_are_two_requests()
    {
        await using var binance = await EmulatedClient.StartAsync();
        var refresher = new BinanceTokenRefresher(binance.Client);
        using var hold = binance.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var one = refresher.RefreshAsync(binance.Tokens.RefreshToken, Token);
        var two = refresher.RefreshAsync(binance.Emulator.Tokens.Issue().RefreshToken, Token);
        await hold.WaitForCallsAsync(2, Token);
        hold.Release();

        Assert.NotEqual((await one).AccessToken, (await two).AccessToken);
    }

    [Fact]
    public async Task Caller_that_cancels_does_not_stop_the_request()
    {
        await using var binance = await EmulatedClient.StartAsync();
        var refresher = new BinanceTokenRefresher(binance.Client);
        using var hold = binance.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();

        var first = refresher.RefreshAsync(binance.Tokens.RefreshToken, closing.Token);
        await hold.WaitForCallsAsync(1, Token);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = refresher.RefreshAsync(binance.Tokens.RefreshToken, Token);
        hold.Release();

        Assert.True(binance.Emulator.Tokens.IsLive((await second).AccessToken));
        Assert.Equal(1, binance.TokenRequests);
    }

    [Theory]
    [InlineData(null, 600)]
    [InlineData(BinanceFailure.InvalidGrant, 600)]
    [InlineData(BinanceFailure.Unavailable, 30)]
    [InlineData(BinanceFailure.Timeout, 30)]
    [InlineData(BinanceFailure.InvalidClient, 30)]
    [InlineData(BinanceFailure.InvalidResponse, 30)]
    public async Task Outcome_is_kept_for_its_lifetime(BinanceFailure? failure, int seconds)
    {
        var time = new FakeTimeProvider();
        var calls = 0;
        var refresher = new BinanceTokenRefresher(
            _ =>
            {
                calls++;
                return failure is { } kind ? throw new BinanceAuthenticationException(kind, "no") : Task.FromResult(TokensOf("new"));
            },
            time);

        await OutcomeAsync();
        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromSeconds(1));
        await OutcomeAsync();
        Assert.Equal(1, calls);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(refresher.Find("old"));
        await OutcomeAsync();

        Assert.Equal(2, calls);
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            failure is { } known ? BinanceTokenRefresher.LifetimeOf(known) : BinanceTokenRefresher.LifetimeOf(TokensOf("new"), time.GetUtcNow()));

        async Task OutcomeAsync()
        {
            if (failure is { } kind)
            {
                var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => refresher.RefreshAsync("old", Token));
                Assert.Equal(kind, exception.Failure);
            }
            else
            {
                Assert.Equal("new", (await refresher.RefreshAsync("old", Token)).AccessToken);
            }
        }
    }

    [Fact]
    public async Task Exception_of_a_custom_call_is_kept_as_a_temporary_failure()
    {
        var time = new FakeTimeProvider();
        var refresher = new BinanceTokenRefresher(_ => throw new TimeoutException("the lock"), time);

        await Assert.ThrowsAsync<TimeoutException>(() => refresher.RefreshAsync("old", Token));
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(refresher.Find("old"));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(refresher.Find("old"));
    }

    [Fact]
    public async Task Lifetime_of_an_outcome_begins_at_the_end_of_the_call()
    {
        var time = new FakeTimeProvider();
        await using var binance = await EmulatedClient.StartAsync(time);
        var refresher = new BinanceTokenRefresher(binance.Client);
        using var hold = binance.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var refreshing = refresher.RefreshAsync(binance.Tokens.RefreshToken, Token);
        await hold.WaitForCallsAsync(1, Token);
        time.Advance(TimeSpan.FromSeconds(9));
        hold.Release();
        await refreshing;
        time.Advance(TimeSpan.FromSeconds(599));
        Assert.NotNull(refresher.Find(binance.Tokens.RefreshToken));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(refresher.Find(binance.Tokens.RefreshToken));
    }

    [Fact]
    public async Task Custom_call_gets_the_token_once_without_the_execution_context_of_the_caller()
    {
        List<(string RefreshToken, string? Ambient)> calls = [];
        var refresher = new BinanceTokenRefresher(
            refreshToken =>
            {
                calls.Add((refreshToken, _ambient.Value));
                return Task.FromResult(TokensOf("new"));
            },
            TimeProvider.System);

        _ambient.Value = "the first caller's";
        await refresher.RefreshAsync("old", Token);
        await refresher.RefreshAsync("old", Token);

        Assert.Equal([("old", null)], calls);
    }

    [Fact]
    public async Task Find_makes_no_call_and_returns_the_running_one()
    {
        var response = new TaskCompletionSource<BinanceTokens>();
        var calls = 0;
        var refresher = new BinanceTokenRefresher(
            _ =>
            {
                calls++;
                return response.Task;
            },
            TimeProvider.System);

        Assert.Null(refresher.Find("old"));
        var refreshing = refresher.RefreshAsync("old", Token);
        var found = refresher.Find("old");
        Assert.False(found!.IsCompleted);
        response.SetResult(TokensOf("new"));

        Assert.Same(await refreshing, await found);
        Assert.Null(refresher.Find("another"));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task FindAsync_waits_for_the_running_call_and_starts_none()
    {
        var response = new TaskCompletionSource<BinanceTokens>();
        var refresher = new BinanceTokenRefresher(_ => response.Task, TimeProvider.System);

        Assert.Null(await refresher.FindAsync("old", Token));
        var refreshing = refresher.RefreshAsync("old", Token);
        var finding = refresher.FindAsync("old", Token);
        Assert.False(finding.IsCompleted);
        response.SetResult(TokensOf("new"));

        Assert.Same(await refreshing, await finding);
    }

    [Theory]
    [InlineData(1200, 600)]
    [InlineData(1199, 599.5)]
    [InlineData(60, 30)]
    [InlineData(1, 0.5)]
    [InlineData(0, 0)]
    [InlineData(-60, 0)]
    public void Tokens_are_kept_for_half_of_their_lifetime_and_ten_minutes_at_most(int expiresIn, double seconds)
    {
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            BinanceTokenRefresher.LifetimeOf(new BinanceTokens { AccessToken = "new", ExpiresAt = now.AddSeconds(expiresIn) }, now));
    }

    // Counted from the start of the call, for each caller.
    [Theory]
    [InlineData(null, 10)]
    [InlineData(3, 3)]
    public async Task Callers_wait_for_the_timeout_and_the_call_continues(int? timeout, int seconds)
    {
        var time = new FakeTimeProvider();
        var response = new TaskCompletionSource<BinanceTokens>();
        var refresher = new BinanceTokenRefresher(_ => response.Task, time, timeout is { } set ? TimeSpan.FromSeconds(set) : null);

        var first = refresher.RefreshAsync("old", Token);
        time.Advance(TimeSpan.FromSeconds(1));
        var second = refresher.RefreshAsync("old", Token);
        time.Advance(TimeSpan.FromSeconds(seconds - 1) - TimeSpan.FromMilliseconds(1));
        Assert.False(first.IsCompleted || second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        foreach (var caller in new[] { first, second, refresher.RefreshAsync("old", Token) })
        {
            var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => caller);
            Assert.Equal(BinanceFailure.Timeout, failure.Failure);
            Assert.Equal("Binance's token endpoint: no complete response in time; the refresh continues.", failure.Message);
        }

        response.SetResult(TokensOf("new"));
        Assert.Equal("new", (await refresher.Find("old")!).AccessToken);
        Assert.Equal("new", (await refresher.RefreshAsync("old", Token)).AccessToken);
    }

    [Fact]
    public void Timeout_is_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => new BinanceTokenRefresher(_ => Task.FromResult(TokensOf("new")), TimeProvider.System, TimeSpan.Zero));
        Assert.NotNull(new BinanceTokenRefresher(_ => Task.FromResult(TokensOf("new")), TimeProvider.System, TimeSpan.FromTicks(1)));
    }

    [Theory]
    [InlineData("old", false)]
    [InlineData("another", true)]
    public async Task Token_that_was_replaced_is_spent_for_ten_minutes(string refreshToken, bool isSpent)
    {
        var time = new FakeTimeProvider();
        var refresher = new BinanceTokenRefresher(
            _ => Task.FromResult(new BinanceTokens { AccessToken = "new", RefreshToken = refreshToken, ExpiresAt = time.GetUtcNow().AddSeconds(60) }), time);

        Assert.False(refresher.IsSpent("old"));
        await refresher.RefreshAsync("old", Token);
        Assert.Equal(isSpent, refresher.IsSpent("old"));

        // Again, after the outcome was removed: the second time counts from the first.
        time.Advance(TimeSpan.FromMinutes(9));
        await refresher.RefreshAsync("old", Token);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(isSpent, refresher.IsSpent("old"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(refresher.IsSpent("old"));
    }

    [Fact]
    public async Task Forget_removes_an_outcome_and_leaves_a_call_in_progress()
    {
        var responses = new Queue<TaskCompletionSource<BinanceTokens>>([new(), new()]);
        var next = responses.ToArray();
        var refresher = new BinanceTokenRefresher(_ => responses.Dequeue().Task, TimeProvider.System);

        refresher.Forget("old");
        var first = refresher.RefreshAsync("old", Token);
        refresher.Forget("old");
        Assert.Same(refresher.Find("old"), refresher.Find("old"));
        next[0].SetResult(TokensOf("one"));
        Assert.Equal("one", (await first).AccessToken);

        refresher.Forget("old");
        Assert.Null(refresher.Find("old"));
        next[1].SetResult(TokensOf("two"));
        Assert.Equal("two", (await refresher.RefreshAsync("old", Token)).AccessToken);
    }

    [Fact]
    public async Task Outcome_of_a_later_call_is_not_removed_with_that_of_an_earlier_one()
    {
        var time = new FakeTimeProvider();
        var calls = 0;
        var refresher = new BinanceTokenRefresher(_ => Task.FromResult(TokensOf($"{++calls}")), time);

        await refresher.RefreshAsync("old", Token);
        time.Advance(TimeSpan.FromMinutes(9));
        refresher.Forget("old");
        await refresher.RefreshAsync("old", Token);
        time.Advance(TimeSpan.FromMinutes(9));

        Assert.Equal("2", (await refresher.RefreshAsync("old", Token)).AccessToken);
    }

    [Fact]
    public void Failure_after_all_callers_cancelled_is_no_unobserved_exception()
    {
        var marker = Guid.NewGuid().ToString();
        using var unobserved = new UnobservedExceptions();

        FailAfterEveryCallerCancelled(marker);

        Assert.DoesNotContain(unobserved.Collect(), exception => exception.ToString().Contains(marker, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_arguments_are_named()
    {
        var refresher = new BinanceTokenRefresher(_ => Task.FromResult(TokensOf("new")), TimeProvider.System);

        Assert.Throws<ArgumentNullException>("client", () => new BinanceTokenRefresher(null!));
        Assert.Throws<ArgumentNullException>("refresh", () => new BinanceTokenRefresher(null!, TimeProvider.System));
        Assert.Throws<ArgumentNullException>("timeProvider", () => new BinanceTokenRefresher(_ => Task.FromResult(TokensOf("new")), null!));
        await Assert.ThrowsAsync<ArgumentException>("refreshToken", () => refresher.RefreshAsync("", Token));
        Assert.Throws<ArgumentNullException>("refreshToken", () => { _ = refresher.Find(null!); });
    }

    // Not inlined, so that its objects are unreachable afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailAfterEveryCallerCancelled(string marker)
    {
        var response = new TaskCompletionSource<BinanceTokens>();
        var refresher = new BinanceTokenRefresher(_ => response.Task, new FakeTimeProvider());
        using var closing = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 3).Select(_ => refresher.RefreshAsync("old", closing.Token)).ToArray();
        IAsyncResult outcome = refresher.Find("old")!;

        closing.Cancel();
        Assert.All(callers, caller => Assert.True(caller.IsCanceled));
        response.SetException(new BinanceAuthenticationException(BinanceFailure.Unavailable, marker));

        // Awaiting it would observe its exception.
        Assert.True(outcome.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
    }

    private static BinanceTokens TokensOf(string accessToken) => new() { AccessToken = accessToken };
}
