using System.Collections;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A reset during a request, a wait or a delay.</summary>
public sealed class ConcurrentResetTests : EmulatorTest
{
    [Fact]
    public async Task A_wait_for_a_request_continues()
    {
        var wait = Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.UserInfo, 2, Cancellation);
        using var forgotten = await Visitor.UserInfoAsync(null);

        Emulator.Reset();

        using var first = await Visitor.UserInfoAsync("first");
        Assert.False(wait.IsCompleted);
        using var second = await Visitor.UserInfoAsync("second");
        Assert.Equal("Bearer second", (await wait).Authorization);
    }

    [Fact]
    public async Task A_reader_of_the_journal_continues_and_gets_the_held_request()
    {
        await using var reader = Emulator.Requests.ReadAllAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var hold = Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
        var call = Visitor.UserInfoAsync("held");
        await hold.WaitForCallsAsync(1, Cancellation);

        Emulator.Reset();

        Assert.True(await reader.MoveNextAsync());
        Assert.Equal("Bearer held", reader.Current.Authorization);
        Assert.Empty(Emulator.Requests);
        using var response = await call;
    }

    [Fact]
    public async Task A_reset_does_not_extend_a_delay()
    {
        Emulator.Clock.Advance(TimeSpan.FromDays(1));
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Delay(TimeSpan.FromHours(1)));
        var call = Visitor.UserInfoAsync(null);
        await Emulator.Requests.WaitForAsync(_ => true, Cancellation);
        Emulator.Reset();
        Emulator.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(call.IsCompleted);

        Emulator.Clock.Advance(TimeSpan.FromMinutes(1));

        using var response = await call;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Concurrent_token_requests_leave_no_live_token()
    {
        for (var round = 0; round < 20; round++)
        {
            var codes = new List<string>();
            for (var i = 0; i < 8; i++)
            {
                codes.Add(await Visitor.GetCodeAsync());
            }

            // Each token request is handled before the reset or after it.
            var calls = codes.Select(code => Visitor.RedeemAsync(code)).ToArray();
            await Task.Run(Emulator.Reset, Cancellation);
            foreach (var call in calls)
            {
                using var response = await call;
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest);
            }

            Assert.Empty(Emulator.Tokens.AccessTokens);
            Assert.Empty(Emulator.Tokens.RefreshTokens);
        }
    }

    [Fact]
    public async Task A_concurrent_authorize_request_leaves_no_code()
    {
        var preset = Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId)!;
        var scopes = new SlowScopes();
        Emulator.Clients.Update(new EmulatorClient
        {
            ClientId = preset.ClientId,
            ClientSecret = preset.ClientSecret,
            RedirectUris = preset.RedirectUris,
            AllowAnyLoopbackPort = true,
            AllowedScopes = scopes,
        });
        var authorize = Visitor.GetCodeAsync();
        await scopes.Reached.Task.WaitAsync(Cancellation);

        await ResetBesideAsync(scopes.Go.Set);

        using var response = await Visitor.RedeemAsync(await authorize);
        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
    }

    [Fact]
    public async Task Tokens_that_are_issued_concurrently_are_removed()
    {
        using var go = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var issue = Task.Run(() => Emulator.Tokens.Issue(scopes: Scopes()), Cancellation);
        await reached.Task.WaitAsync(Cancellation);

        await ResetBesideAsync(go.Set);

        await issue;
        Assert.Empty(Emulator.Tokens.AccessTokens);

        IEnumerable<string> Scopes()
        {
            reached.SetResult();
            go.Wait(Cancellation);
            yield return "user:openId";
        }
    }

    [Fact]
    public async Task An_operation_of_the_control_API_does_not_overlap_with_a_reset()
    {
        var names = new SlowScopes();
        Emulator.Clients.Add(new EmulatorClient { ClientId = "slow", RedirectUris = ["http://localhost/"], AllowedScopes = names });
        var list = Visitor.Http.GetStringAsync("/emulator/api/v1/clients", Cancellation);
        await names.Reached.Task.WaitAsync(Cancellation);
        var isReset = false;

        await ResetBesideAsync(
            () =>
            {
                isReset = Emulator.Clients.Find("slow") is null;
                names.Go.Set();
            });

        Assert.Contains("slow", await list, StringComparison.Ordinal);
        Assert.False(isReset);
        Assert.Null(Emulator.Clients.Find("slow"));
    }

    // Resets during work that the action ends.
    private async Task ResetBesideAsync(Action go)
    {
        var reset = Task.Run(Emulator.Reset, Cancellation);

        // Enough time for a reset that does not wait for the work.
        for (var i = 0; i < 50 && !reset.IsCompleted; i++)
        {
            using var health = await Visitor.Http.GetAsync("/emulator/api/v1/health", Cancellation);
        }

        go();
        await reset;
    }

    // Blocks the handling of a request.
    private sealed class SlowScopes : IReadOnlyCollection<string>
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Go { get; } = new();

        public int Count
        {
            get
            {
                Reached.TrySetResult();
                Go.Wait();
                return 0;
            }
        }

        public IEnumerator<string> GetEnumerator() => Enumerable.Repeat("any", Count).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
