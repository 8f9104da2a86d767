using System.Runtime.CompilerServices;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class JournalReaderTests : EmulatorTest
{
    [Fact]
    public async Task A_reader_gets_every_request_from_its_call_on_in_order()
    {
        using var before = await Visitor.UserInfoAsync("before");
        var requests = Emulator.Requests.ReadAllAsync(Cancellation);
        using var first = await Visitor.UserInfoAsync("first");
        Emulator.Requests.Clear();
        using var second = await Visitor.UserInfoAsync("second");

        var seen = new List<string?>();
        await foreach (var request in requests)
        {
            seen.Add(request.Authorization);
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["Bearer first", "Bearer second"], seen);
    }

    [Fact]
    public async Task A_reader_that_falls_behind_loses_the_oldest()
    {
        Emulator.Options.JournalCapacity = 2;
        await using var reader = Emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        foreach (var token in (string[])["first", "second", "third"])
        {
            using var response = await Visitor.UserInfoAsync(token);
        }

        Assert.True(await reader.MoveNextAsync());
        Assert.Equal("Bearer second", reader.Current.Authorization);
    }

    [Fact]
    public async Task Each_reader_gets_all_requests()
    {
        await using var one = Emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await using var other = Emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        using var response = await Visitor.UserInfoAsync(null);

        Assert.True(await one.MoveNextAsync());
        Assert.True(await other.MoveNextAsync());
        Assert.Same(one.Current, other.Current);
    }

    [Fact]
    public async Task A_reader_can_be_cancelled()
    {
        using var abort = new CancellationTokenSource();
        await using var reader = Emulator.Requests.ReadAllAsync(abort.Token).GetAsyncEnumerator(Cancellation);
        var next = reader.MoveNextAsync().AsTask();

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Readers_end_when_the_emulator_stops()
    {
        var emulator = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        await using var reader = emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var next = reader.MoveNextAsync().AsTask();

        await emulator.DisposeAsync();

        Assert.False(await next);
        await using var late = emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.False(await late.MoveNextAsync());
    }

    [Fact]
    public async Task Waiting_for_no_request_is_refused()
        => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Emulator.Requests.WaitForAsync(_ => true, 0, Cancellation));

    // The channel of a reader has the capacity of the journal.
    [Fact]
    public async Task A_cancelled_reader_that_was_never_enumerated_retains_no_requests()
    {
        using var abort = new CancellationTokenSource();
        var requests = Emulator.Requests.ReadAllAsync(abort.Token);
        await abort.CancelAsync();

        await SendAsync(1);
        var request = TheOne();
        Emulator.Requests.Clear();

        for (var i = 0; i < 10 && request.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(request.IsAlive);
        GC.KeepAlive(requests);
    }

    [Fact]
    public async Task A_wait_evaluates_each_request_once()
    {
        await SendAsync(5);
        var looks = 0;
        var wait = Emulator.Requests.WaitForAsync(request => ++looks > 0 && request.Endpoint == EmulatorEndpoint.Revoke, Cancellation);
        await SendAsync(5);

        using var revoked = await Visitor.RevokeAsync(null);
        await wait;

        Assert.Equal(11, looks);
    }

    [Fact]
    public async Task A_wait_does_not_count_requests_that_were_removed()
    {
        Emulator.Options.JournalCapacity = 2;
        var wait = Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.UserInfo, 2, Cancellation);
        await SendAsync(1);
        using var other = await Visitor.RevokeAsync(null);
        using var another = await Visitor.RevokeAsync(null);
        await SendAsync(1);
        Assert.False(wait.IsCompleted);
        Emulator.Requests.Clear();
        await SendAsync(1);
        Assert.False(wait.IsCompleted);

        await SendAsync(1);

        Assert.Same(Emulator.Requests.Last(), await wait);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference TheOne() => new(Emulator.Requests.Single());

    private async Task SendAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var response = await Visitor.UserInfoAsync(null);
        }
    }
}
