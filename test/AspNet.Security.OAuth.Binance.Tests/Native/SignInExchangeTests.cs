using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// Failures of a sign-in after the code. Each keeps the earlier session, and leaves no new token.
/// </summary>
public sealed class SignInExchangeTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData(503, null, BinanceFailure.Unavailable)]
    [InlineData(401, """{"error":"invalid_client"}""", BinanceFailure.InvalidClient)]
    [InlineData(400, """{"error":"invalid_grant"}""", BinanceFailure.InvalidGrant)]
    [InlineData(400, """{"error":"invalid_request"}""", BinanceFailure.TokenError)]
    [InlineData(200, "{}", BinanceFailure.InvalidResponse)]
    [InlineData(200, "<html>", BinanceFailure.Unavailable)]
    public async Task Failed_code_exchange_fails_the_sign_in_with_its_kind_of_failure(int status, string? body, BinanceFailure failure)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, body is null ? EmulatorFault.Status(status) : EmulatorFault.Body(body, status));

        await Failing.WithAsync(failure, app.Login.SignInAsync(Stop));

        Assert.Equal(1, app.TokenRequests);
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_fails_as_unavailable_and_the_session_stays_when_Binance_is_unavailable()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = async (request, _) =>
        {
            var callback = await app.Browser.SignInAsync(request.Url);
            await app.Binance.DisposeAsync();
            return callback;
        };

        await Failing.WithAsync(BinanceFailure.Unavailable, app.Login.SignInAsync(Stop));

        Assert.NotNull(await app.Login.GetSessionAsync(Stop));
    }

    [Theory]
    [InlineData(503, BinanceFailure.Unavailable)]
    [InlineData(401, BinanceFailure.ApiError)]
    [InlineData(200, BinanceFailure.InvalidResponse)]
    public async Task Failed_user_info_revokes_the_tokens(int status, BinanceFailure failure)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body(status is 200 ? "{}" : """{"code":"100001001","success":false}""", status), times: status is 503 ? 2 : 1);

        await Failing.WithAsync(failure, app.Login.SignInAsync(Stop));

        await app.RevokedAsync();
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Store_that_cannot_be_written_revokes_the_tokens_and_throws_its_exception()
    {
        await using var app = await NativeApp.SignedInAsync();
        var failure = app.Store.Failures["Write"] = new UnauthorizedAccessException("the disk");

        Assert.Same(failure, await Assert.ThrowsAsync<UnauthorizedAccessException>(() => app.Login.SignInAsync(Stop)));

        await app.RevokedAsync();
        app.Store.Failures.Clear();
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Store_whose_lock_fails_revokes_the_tokens()
    {
        await using var app = await NativeApp.SignedInAsync();
        var failure = app.Store.Failures["Lock"] = new IOException("the disk");

        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => app.Login.SignInAsync(Stop)));

        await app.RevokedAsync();
        app.Store.Failures.Clear();
        await AssertUntouchedAsync(app);
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    public async Task Caller_that_cancels_returns_at_once_and_the_tokens_are_revoked(EmulatorEndpoint endpoint)
    {
        await using var app = await NativeApp.StartAsync();
        var hold = await app.CancelAsync(endpoint, app.Login.SignInAsync);
        hold.Release();

        await app.RevokedAsync();
        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Empty(app.Binance.Tokens.RefreshTokens);
        Assert.Null(await app.Login.GetSessionAsync(Stop));
        Assert.NotNull(await app.Login.SignInAsync(Stop));
    }

    [Fact]
    public async Task New_sign_in_does_not_wait_for_the_exchange_of_a_cancelled_one()
    {
        await using var app = await NativeApp.StartAsync();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromMinutes(1)));
        using var caller = new CancellationTokenSource();

        var first = app.Login.SignInAsync(caller.Token);
        await app.Binance.Requests.WaitForAsync(request => request.Endpoint is EmulatorEndpoint.Token, Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, first);
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        await app.Login.SignInAsync(Stop);
        app.Binance.Clock.Advance(TimeSpan.FromMinutes(1));

        await app.RevokedAsync();
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        Assert.Equal(await app.Login.GetAccessTokenAsync(Stop), Assert.Single(app.Binance.Tokens.AccessTokens).Value);
    }

    [Fact]
    public async Task Caller_that_cancels_when_the_user_info_arrives_is_not_signed_in()
    {
        using var caller = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        using var handler = new AtTheEndOfUserInfo(async () =>
        {
            await caller.CancelAsync();
            await ended.Task;
        });
        await using var app = await NativeApp.StartAsync(options => options.BackchannelHttpHandler = handler);

        await Failing.AsCancelledAsync(caller, app.Login.SignInAsync(caller.Token));
        ended.SetResult();

        await app.RevokedAsync();
        Assert.Null(app.Store.Text);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Caller_that_cancels_while_the_session_is_written_is_signed_in()
    {
        await using var app = await NativeApp.StartAsync();
        using var hold = app.Store.Hold("Write");
        using var caller = new CancellationTokenSource();

        var signIn = app.Login.SignInAsync(caller.Token);
        await hold.ArrivedAsync();
        await caller.CancelAsync();
        hold.Release();

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await signIn).User.UserId);
        Assert.NotNull(await app.Login.GetSessionAsync(Stop));
        Assert.Equal(0, app.Revocations);
    }

    private static async Task AssertUntouchedAsync(NativeApp app)
    {
        Assert.Equal(1, app.Store.Writes);
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        Assert.Equal(await app.Login.GetAccessTokenAsync(Stop), Assert.Single(app.Binance.Tokens.AccessTokens).Value);
        Assert.NotNull(await app.Login.SignInAsync(Stop));
    }

    // Runs an action after the last byte of a user-info response.
    private sealed class AtTheEndOfUserInfo(Func<Task> run) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith("/user-info", StringComparison.Ordinal))
            {
                response.Content = new StreamContent(new Body(await response.Content.ReadAsByteArrayAsync(CancellationToken.None), run));
            }

            return response;
        }

        private sealed class Body(byte[] bytes, Func<Task> atTheEnd) : MemoryStream(bytes)
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var read = await base.ReadAsync(buffer, CancellationToken.None);
                await (read is 0 ? atTheEnd() : Task.CompletedTask);
                return read;
            }
        }
    }
}
