using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// An application's unit test replaces <see cref="BinanceLogin"/>.
/// </summary>
public sealed class LoginReplacementTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Overridden_methods_are_called()
    {
        await using BinanceLogin login = new OwnLogin();

        Assert.Equal("somebody", (await login.SignInAsync(Stop)).User.UserId);
        Assert.Equal("own-token", await login.GetAccessTokenAsync(Stop));
        Assert.True(await login.SignOutAsync(Stop));
    }

    [Fact]
    public async Task Http_client_uses_the_token_of_the_override()
    {
        await using BinanceLogin login = new OwnLogin();
        using var network = new RecordingHandler();
        using var api = login.CreateHttpClient(new("https://api.example.com/"), network);

        await api.GetAsync("orders", Stop);

        Assert.Equal("Bearer own-token", Assert.Single(network.Requests).Authorization);
    }

    [Fact]
    public async Task Http_client_of_the_override_is_for_https_as_well()
    {
        await using BinanceLogin login = new OwnLogin();

        Assert.Throws<ArgumentException>("baseAddress", () => login.CreateHttpClient(new("http://api.example.com/")));
    }

    [Fact]
    public async Task Method_that_is_not_overridden_throws()
    {
        await using BinanceLogin login = new OwnLogin();

        await Assert.ThrowsAsync<NotSupportedException>(() => login.GetSessionAsync(Stop));
        Assert.Throws<NotSupportedException>(login.BeginSignIn);
    }

    [Fact]
    public async Task Disposal_calls_the_override_once_each_time()
    {
        var login = new OwnLogin();

        await login.DisposeAsync();
        Assert.Equal(1, login.Disposals);
#pragma warning disable CA1849 // Call async methods when in an async method
        login.Dispose();
#pragma warning restore CA1849

        Assert.Equal(2, login.Disposals);
    }

    [Fact]
    public async Task Part_of_a_login_can_be_overridden()
    {
        await using var app = await NativeApp.SignedInAsync();
        await using var login = new CountingLogin(app.Options());
        using var network = new RecordingHandler();
        using var api = login.CreateHttpClient(new("https://api.example.com/"), network);

        await api.GetAsync("orders", Stop);

        Assert.Equal(1, login.Calls);
        Assert.Equal($"Bearer {await app.Login.GetAccessTokenAsync(Stop)}", Assert.Single(network.Requests).Authorization);
    }

    private sealed class OwnLogin : BinanceLogin
    {
        public int Disposals { get; private set; }

        public override Task<BinanceLoginSession> SignInAsync(CancellationToken cancellationToken = default)
            => Task.FromResult(new BinanceLoginSession { User = new() { UserId = "somebody" } });

        public override Task<string> GetAccessTokenAsync(CancellationToken cancellationToken = default) => Task.FromResult("own-token");

        public override Task<bool> SignOutAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

        protected override void Dispose(bool disposing)
        {
            Assert.True(disposing);
            Disposals++;
            base.Dispose(disposing);
        }
    }

    private sealed class CountingLogin(BinanceLoginOptions options) : BinanceLogin(options)
    {
        public int Calls { get; private set; }

        public override Task<string> GetAccessTokenAsync(CancellationToken cancellationToken = default)
        {
            Calls++;
            return base.GetAccessTokenAsync(cancellationToken);
        }
    }
}
