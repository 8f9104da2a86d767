using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// One contender's site after one sign-in, with Binance's responses from memory. Each of its requests can be repeated; each callback has
/// a code of its own, because a site may keep the outcome of a code.
/// </summary>
internal sealed class InMemorySite : IDisposable
{
    // More than any contender keeps, and created in advance, so that the strings are not part of the cost of a callback.
    private const int Codes = 12_000;

    private readonly Site _site;
    private readonly InMemoryBinance _binance = new();
    private readonly Connection _connection;
    private readonly string _correlationCookie;
    private readonly string[] _callbackQueries;
    private int _callbacks;
    private readonly string _sessionCookie;

    /// <param name="contender">The contender.</param>
    /// <param name="sessionCookie">The session cookie to send, or <see langword="null"/> to send the one from the sign-in.</param>
    public InMemorySite(Contender contender, string? sessionCookie = null)
    {
        _site = Site.Create(contender, Server.InMemory(_binance));
        _connection = new(_site);
        Expect(302, Challenge());
        AuthorizeUrl = _connection.ResponseHeaders.Location!;
        _correlationCookie = _connection.Cookie;
        var state = AuthorizeUrl.Split("state=")[1].Split('&')[0];
        _callbackQueries = [.. Enumerable.Range(0, Codes).Select(code => $"?code={code:x40}&state={state}")];
        Expect(302, Callback());
        SessionCookie = _connection.Cookie;
        _sessionCookie = sessionCookie ?? SessionCookie;
    }

    /// <summary>The address that a challenge redirected to.</summary>
    public string AuthorizeUrl { get; }

    /// <summary>The session cookie from the sign-in.</summary>
    public string SessionCookie { get; }

    public IServiceProvider Services => _site.Services;

    public int Challenge() => _connection.Send(Site.LoginPath, "", cookie: null);

    public int Callback()
        => _connection.Send(Site.CallbackPath, _callbackQueries[_callbacks++ % Codes], _correlationCookie, _binance);

    public int AuthenticatedRequest() => _connection.Send(Site.UserPath, "", _sessionCookie);

    public void Dispose()
    {
        _connection.Dispose();
        _site.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Expect(int status, int actual)
    {
        if (status != actual)
        {
            throw new InvalidOperationException($"The site returned {actual} instead of {status}.");
        }
    }
}
