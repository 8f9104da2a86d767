using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// An application with a user interface: a synchronization context with one thread.
/// </summary>
public sealed class UserInterfaceTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    // With a synchronous and an asynchronous store: the first await that does not complete at once leaves the context.
    public static MatrixTheoryData<string, bool> Methods { get; } = new(
        ["Complete", "GetSession", "GetAccessToken", "Refresh", "RefreshUnkept", "Call", "SignOut", "SignOutExpired", "Dispose", "DisposeDuringRefresh"],
        [true, false]);

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Method_does_not_need_the_blocked_thread_of_its_caller(string method, bool isAsynchronous)
    {
        await using var app = await NativeApp.SignedInAsync();
        var pending = app.Login.BeginSignIn();
        var callback = (await app.Browser.SignInAsync(pending.Url))!;
        using var api = app.Login.CreateHttpClient(app.Binance.BaseAddress);
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        app.Store.IsAsynchronous = isAsynchronous;
        if (method is "Refresh" or "RefreshUnkept" or "SignOutExpired" or "DisposeDuringRefresh")
        {
            app.Expire();
        }

        if (method is "RefreshUnkept")
        {
            hold.Release();
            app.Store.Failures["Write"] = new IOException("the disk");
            await Assert.ThrowsAsync<IOException>(() => app.Login.GetAccessTokenAsync(Stop));
            app.Store.Failures.Clear();
        }
        else if (method is "DisposeDuringRefresh")
        {
            _ = app.Login.GetAccessTokenAsync(Stop);
            await hold.WaitForCallsAsync(1, Stop);
        }

        var blocked = RunBlockedAsync(() => method switch
        {
            "Complete" => app.Login.CompleteSignInAsync(pending, callback, Stop),
            "GetSession" => app.Login.GetSessionAsync(Stop),
            "GetAccessToken" or "Refresh" or "RefreshUnkept" => app.Login.GetAccessTokenAsync(Stop),
            "Call" => api.GetStringAsync("/", Stop),
            "SignOut" or "SignOutExpired" => app.Login.SignOutAsync(Stop),
            _ => app.Login.DisposeAsync().AsTask(),
        });
        if (method is "Complete" or "Refresh" or "SignOutExpired")
        {
            await hold.WaitForCallsAsync(1, Stop);
        }

        hold.Release();
        await blocked;
    }

    // A platform's browser such as that of MAUI must be opened on the main thread.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Browser_is_opened_in_the_context_of_the_caller(bool isAsynchronous)
    {
        await using var app = await NativeApp.StartAsync();
        app.Store.IsAsynchronous = isAsynchronous;
        using var context = new OneThread();
        SynchronizationContext? seen = null;
        app.Browser.OnOpen = (request, _) =>
        {
            seen = SynchronizationContext.Current;
            return app.Browser.SignInAsync(request.Url);
        };

        var session = await context.RunAsync(() => app.Login.SignInAsync(Stop));

        Assert.Same(context, seen);
        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId);
    }

    [Fact]
    public async Task Browser_that_throws_in_the_context_of_the_caller_fails_the_sign_in()
    {
        await using var app = await NativeApp.StartAsync();
        using var context = new OneThread();
        var reason = new InvalidOperationException("no display");
        app.Browser.OnOpen = (_, _) => throw reason;

        var exception = await Failing.WithAsync(BinanceFailure.BrowserUnavailable, context.RunAsync(() => app.Login.SignInAsync(Stop)));

        Assert.Same(reason, exception.InnerException);
    }

    // The browser cannot be opened while its thread is blocked: the sign-in times out, and the browser is not opened later.
    [Fact]
    public async Task Sign_in_whose_thread_is_blocked_ends_in_time_and_opens_no_browser_afterwards()
    {
        await using var app = await NativeApp.StartAsync();
        using var context = new OneThread();
        var waiting = app.Clock.NextWait(TimeSpan.FromMinutes(5));

        var signIn = context.RunAsync(() => Task.FromResult(Record.Exception(() => app.Login.SignInAsync(Stop).GetAwaiter().GetResult())));
        await waiting;
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var exception = Assert.IsType<BinanceAuthenticationException>(await signIn);
        await context.RunAsync(() => Task.FromResult(true));

        Assert.Equal(BinanceFailure.Abandoned, exception.Failure);
        Assert.Empty(app.Browser.Opened);
    }

    // An IBinanceBrowser may block, for example to read a line from the console.
    [Fact]
    public async Task Browser_that_blocks_does_not_block_the_caller_without_a_context()
    {
        await using var app = await NativeApp.StartAsync();
        using var line = new ManualResetEventSlim();
        app.Browser.OnOpen = (request, _) =>
        {
            line.Wait(Stop);
            return app.Browser.SignInAsync(request.Url);
        };

        var signIn = Task.Run(() => app.Login.SignInAsync(Stop).IsCompleted, Stop);

        Assert.False(await signIn);
        await app.Browser.OpenedAsync(1);
        line.Set();
        await app.Store.WrittenAsync(1);
    }

    private static async Task RunBlockedAsync(Func<Task> method)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new Never());
            try
            {
                method().GetAwaiter().GetResult();
                ended.SetResult();
            }
            catch (Exception exception)
            {
                ended.SetException(exception);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Stop);
    }

    // A blocked thread does not run posted callbacks.
    private sealed class Never : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

        public override SynchronizationContext CreateCopy() => this;
    }

    private sealed class OneThread : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posts = [];

        public OneThread() => new Thread(Run) { IsBackground = true }.Start();

        public override void Post(SendOrPostCallback d, object? state) => _posts.Add((d, state));

        public override SynchronizationContext CreateCopy() => this;

        public Task<T> RunAsync<T>(Func<Task<T>> start)
        {
            var result = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
            Post(_ => result.SetResult(start()), null);
            return result.Task.Unwrap();
        }

        public void Dispose() => _posts.CompleteAdding();

        private void Run()
        {
            SetSynchronizationContext(this);
            foreach (var (callback, state) in _posts.GetConsumingEnumerable())
            {
                callback(state);
            }
        }
    }
}
