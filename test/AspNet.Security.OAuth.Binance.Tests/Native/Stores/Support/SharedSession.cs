using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.NativeProcess;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;

/// <summary>
/// A session in a file for several processes, whose access token has expired, and its server.
/// </summary>
internal sealed class SharedSession : IAsyncDisposable
{
    private const string RedirectUri = "http://127.0.0.1:5299/signin-binance";

    private readonly StoreFolder _folder = new();

    private SharedSession(BinanceEmulator binance) => Binance = binance;

    public BinanceEmulator Binance { get; }

    public FileTokenStore Store => _folder.Store;

    /// <summary>The refresh requests that the server has processed.</summary>
    public int Refreshes => Binance.Requests.Count(request => request is { GrantType: "refresh_token", Status: not 0 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SharedSession> SignInAsync(RefreshTokenBehavior behavior = RefreshTokenBehavior.RotateAndRevokeOnReuse)
    {
        var session = new SharedSession(await BinanceEmulator.StartAsync(
            options => (options.AutoApprove, options.RefreshTokenBehavior) = (true, behavior), Cancellation));
        try
        {
            // The processes use the system's clock, by which the token has expired.
            var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(1));
            await using var login = session.CreateLogin(time);
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            var pending = login.BeginSignIn();
            using var callback = await http.GetAsync(pending.Url, Cancellation);
            await login.CompleteSignInAsync(pending, callback.Headers.Location!, Cancellation);
            session.Binance.Tokens.ExpireAccessTokens();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process for this command.</summary>
    public Task<HelperProcess> StartProcessAsync(string command = Commands.Token)
        => HelperProcess.StartAsync(command, Store.FilePath, Binance.BaseAddress.AbsoluteUri, BinanceEmulatorDefaults.PublicClientId);

    /// <summary>Asserts that the session is valid, with the only live token of the server.</summary>
    public async Task<string> AssertValidAsync()
    {
        await using var login = CreateLogin(TimeProvider.System);
        var token = await login.GetAccessTokenAsync(Cancellation);
        Assert.Equal(token, Assert.Single(Binance.Tokens.AccessTokens).Value);
        return Commands.Fingerprint(token);
    }

    public async ValueTask DisposeAsync()
    {
        await Binance.DisposeAsync();
        _folder.Dispose();
    }

    private BinanceLogin CreateLogin(TimeProvider time) => new(new()
    {
        ClientId = BinanceEmulatorDefaults.PublicClientId,
        Endpoints = BinanceEndpoints.At(Binance.BaseAddress),
        RedirectUri = RedirectUri,
        TokenStore = Store,
        TimeProvider = time,
    });
}
