using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// One contender's site with many sessions, each with a user and tokens of its own, so that each can be refreshed. Binance's responses are
/// from memory. A refresh is a call of its own beside the request that waits for it, so requests run on the threads of a server.
/// </summary>
internal sealed class SessionSite : IAsyncDisposable
{
    private readonly MovableClock _clock = new();
    private readonly NewTokens _binance = new();
    private readonly Site _site;
    private readonly Connection _connection;
    private int _codes;

    /// <param name="contender">The contender.</param>
    /// <param name="configure">Adds services of the application.</param>
    public SessionSite(Contender contender, Action<IServiceCollection>? configure = null)
    {
        _site = Site.Create(contender, Server.InMemory(_binance), services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            configure?.Invoke(services);
        });
        _connection = new(_site);
    }

    /// <summary>Signs a user in.</summary>
    /// <returns>The session cookie.</returns>
    public async Task<string> SignInAsync()
    {
        await ExpectAsync(302, Site.LoginPath);
        var state = _connection.ResponseHeaders.Location.ToString().Split("state=")[1].Split('&')[0];
        await ExpectAsync(302, Site.CallbackPath, _connection.Cookie, $"?code={_codes++:x40}&state={state}");
        return _connection.Cookie;
    }

    public Task SignOutAsync(string session) => ExpectAsync(200, Site.LogoutPath, session, method: "POST");

    public Task RequestAsync(string session) => ExpectAsync(200, Site.UserPath, session);

    /// <summary>Sends a request with a session whose access token is due for a refresh.</summary>
    public async Task RefreshAsync(string session)
    {
        var before = _binance.Issued;
        await RequestAsync(session);
        if (_binance.Issued == before)
        {
            throw new InvalidOperationException("The request did not refresh the access token.");
        }
    }

    /// <summary>Moves the clock until all access tokens are due for a refresh. They have not expired.</summary>
    public void MakeDue() => _clock.Ahead += NewTokens.Lifetime - (new BinanceAuthenticationOptions().RefreshBeforeExpiration / 2);

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _site.DisposeAsync();
    }

    private async Task ExpectAsync(int status, string path, string? cookie = null, string query = "", string method = "GET")
    {
        var actual = await _connection.SendAsync(path, query, cookie, method);
        if (actual != status)
        {
            throw new InvalidOperationException($"{path} returned {actual} instead of {status}.");
        }
    }

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }

    /// <summary>Binance's documented responses (W4, W6, W7), with other tokens and another user each time.</summary>
    private sealed class NewTokens : HttpMessageHandler
    {
        public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30_714);

        private static readonly MediaTypeHeaderValue _json = new("application/json");

        /// <summary>The number of access tokens.</summary>
        public int Issued { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // Never completes synchronously, as over a network.
            await Task.Yield();
            var body = request.RequestUri!.AbsolutePath switch
            {
                "/oauth/token" => Tokens(++Issued),
                "/oauth-api/v1/user-info" => Envelope($$"""{"userId":"{{Issued:x32}}","email":"user@example.com"}"""),
                _ => Envelope("true"),
            };
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = _json;
            return new(HttpStatusCode.OK) { Content = content };
        }

        private static string Tokens(int number) => $$"""
            {"access_token":"{{number:x8}}-a2c4-4c2e-b7c4-46cef6a8dba5","refresh_token":"{{number:x8}}-d9cf-4cb5-a586-4aed72cc9bea",
            "scope":"read","token_type":"bearer","expires_in":{{Lifetime.TotalSeconds}}}
            """;

        private static string Envelope(string data) => $$"""{"code":"000000","message":null,"data":{{data}},"success":true}""";
    }
}
