using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

/// <summary>
/// A sign-in that has opened its browser. The test sends the requests of the browser, and those of other clients of the port.
/// </summary>
internal sealed class LoopbackSignIn : IBinanceBrowser, IAsyncDisposable
{
    public const string Path = "/signin-binance";

    // The timeout of a failing test.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource<BinanceBrowserRequest> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly BinanceLogin _login;

    private LoopbackSignIn(BinanceEmulator emulator, Action<BinanceLoginOptions>? configure, CancellationToken cancellationToken)
    {
        Emulator = emulator;
        var options = new BinanceLoginOptions
        {
            ClientId = BinanceEmulatorDefaults.PublicClientId,
            Endpoints = BinanceEndpoints.At(emulator.BaseAddress),
            Browser = this,
        };
        configure?.Invoke(options);
        _login = new(options);
        Session = _login.SignInAsync(cancellationToken);
    }

    public BinanceEmulator Emulator { get; }

    /// <summary>The running sign-in.</summary>
    public Task<BinanceLoginSession> Session { get; }

    /// <summary>The request to the browser.</summary>
    public BinanceBrowserRequest Request { get; private set; } = null!;

    /// <summary>Host and port that the browser returns to.</summary>
    public string Authority => Request.RedirectUri.Authority;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Starts a sign-in that opens its browser.</summary>
    public static async Task<LoopbackSignIn> StartAsync(
        Action<BinanceLoginOptions>? configure = null, Action<BinanceEmulator>? arrange = null, CancellationTokenSource? caller = null)
    {
        var signIn = await TryStartAsync(configure, arrange, caller);
        await await Task.WhenAny(signIn._opened.Task, signIn.Session).WaitAsync(Stop);
        signIn.Request = await signIn._opened.Task;
        return signIn;
    }

    /// <summary>Starts a sign-in with a redirect URI that is registered at the emulator with any port.</summary>
    public static Task<LoopbackSignIn> StartAtAsync(string redirectUri) => StartAsync(
        options => options.RedirectUri = redirectUri,
        emulator =>
        {
            emulator.Clients.Remove(BinanceEmulatorDefaults.PublicClientId);
            emulator.Clients.Add(new() { ClientId = BinanceEmulatorDefaults.PublicClientId, RedirectUris = [redirectUri], AllowAnyLoopbackPort = true });
        });

    /// <summary>Starts a sign-in that may end before it opens its browser.</summary>
    public static async Task<LoopbackSignIn> TryStartAsync(
        Action<BinanceLoginOptions>? configure = null, Action<BinanceEmulator>? arrange = null, CancellationTokenSource? caller = null)
    {
        var emulator = await BinanceEmulator.StartAsync(cancellationToken: Stop);
        arrange?.Invoke(emulator);
        return new(emulator, configure, caller?.Token ?? CancellationToken.None);
    }

    /// <summary>Authorizes on Binance's page, or cancels there.</summary>
    /// <returns>The callback.</returns>
    public async Task<Uri> AuthorizeAsync(string decision = $"emulator_user={BinanceEmulatorDefaults.UserId}")
    {
        using var response = await _browser.GetAsync(new Uri($"{Request.Url.AbsoluteUri}&{decision}"), Stop);
        return response.Headers.Location!;
    }

    /// <summary>Follows a callback as a browser does, and returns the last page.</summary>
    public async Task<RawHttpResponse?> FinishAsync(Uri callback, string headers = "")
        => await GetAsync(LastPath(await GetAsync(callback.PathAndQuery)), headers);

    /// <summary>Authorizes, and follows the callback to the last page.</summary>
    public async Task<RawHttpResponse?> FinishAsync() => await FinishAsync(await AuthorizeAsync());

    /// <summary>The path that an accepted callback leads to.</summary>
    public string LastPath(RawHttpResponse? accepted)
    {
        Assert.Equal(303, accepted?.Status);
        var location = new Uri(accepted!["Location"]!);
        Assert.Equal(Authority, location.Authority);
        return location.PathAndQuery;
    }

    /// <summary>Sends a GET in a connection of its own.</summary>
    public Task<RawHttpResponse?> GetAsync(string target, string headers = "") => SendAsync(Get(target, headers));

    /// <summary>Sends a request in a connection of its own.</summary>
    /// <returns>The response, or <see langword="null"/> if the connection was closed without one.</returns>
    public async Task<RawHttpResponse?> SendAsync(string request)
    {
        using var connection = new RawHttp(new Uri($"http://{Authority}"));
        return await connection.SendAsync(Encoding.Latin1.GetBytes(request), request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>The text of a GET as a browser sends it.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Further headers, each with its line end.</param>
    public string Get(string target, string headers = "") => $"GET {target} HTTP/1.1\r\nHost: {Authority}\r\n{headers}\r\n";

    /// <summary>Opens a connection, and sends nothing.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(Request.RedirectUri.IdnHost, Request.RedirectUri.Port, Stop);
        return connection;
    }

    /// <summary>Opens a connection, and sends a GET.</summary>
    public async Task<TcpClient> OpenAsync(string target)
    {
        var connection = await ConnectAsync();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Get(target)), Stop);
        return connection;
    }

    /// <summary>Reads the response of a connection.</summary>
    public static async Task<string> ReadToEndAsync(TcpClient connection)
    {
        using var reader = new StreamReader(connection.GetStream(), leaveOpen: true);
        return await reader.ReadToEndAsync(Stop);
    }

    /// <summary>Waits until the session is stored, after which the last page is shown.</summary>
    public async Task SessionStoredAsync()
    {
        while (await _login.GetSessionAsync(Stop) is null)
        {
            await Task.Yield();
        }
    }

    /// <summary>Waits for the end of the sign-in, and checks that nothing listens any more.</summary>
    /// <returns>The failure, or <see langword="null"/> if the user is signed in.</returns>
    public async Task<Exception?> EndAsync()
    {
        var failure = await Record.ExceptionAsync(() => Session.WaitAsync(_limit, Stop));
        await ClosedAsync(Request.RedirectUri);
        return failure;
    }

    /// <summary>
    /// Waits until nothing listens at an address. A process that another test starts at the same moment inherits the socket until it executes its
    /// program.
    /// </summary>
    public static async Task ClosedAsync(Uri address)
    {
        using var limit = new CancellationTokenSource(_limit);
        while (true)
        {
            using var client = new TcpClient();
            if (await Record.ExceptionAsync(() => client.ConnectAsync(address.IdnHost, address.Port, Stop).AsTask()) is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"Something listens at {address}.");
            await Task.Yield();
        }
    }

    /// <summary>Waits until a connection is closed, perhaps after a response.</summary>
    public static async Task ClosedAsync(TcpClient connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(_limit);
        try
        {
            var buffer = new byte[4096];
            while (await connection.GetStream().ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset, because there was unread data.
        }
    }

    /// <summary>Waits for the end of the sign-in, which has to succeed.</summary>
    public async Task SucceedsAsync()
    {
        Assert.Null(await EndAsync());
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await Session).User.UserId);
    }

    /// <summary>Waits for the end of the sign-in, which has to fail.</summary>
    public async Task FailsAsync(BinanceFailure failure)
        => Assert.Equal(failure, Assert.IsType<BinanceAuthenticationException>(await EndAsync()).Failure);

    Task<Uri?> IBinanceBrowser.OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
    {
        _opened.SetResult(request);
        return Task.FromResult<Uri?>(null);
    }

    public async ValueTask DisposeAsync()
    {
        await _login.DisposeAsync();
        _browser.Dispose();
        await Emulator.DisposeAsync();
    }
}
