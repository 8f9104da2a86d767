using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// Sends requests through a site's pipeline, one after the other, and reuses the context as a server does for a connection, so that the
/// figures contain the cost of the pipeline only.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Site _site;
    private readonly FeatureCollection _features = new();
    private readonly HttpRequestFeature _request = new();
    private readonly ConnectionResponse _response = new();
    private readonly HttpRequestLifetimeFeature _lifetime = new();
    private readonly HashSet<Type> _server;
    private readonly List<Type> _added = [];
    private readonly DefaultHttpContext _context;
    private CancellationTokenSource _aborted = new();

    public Connection(Site site)
    {
        _site = site;
        _features.Set<IHttpRequestFeature>(_request);
        _features.Set<IHttpResponseFeature>(_response);
        _features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        _features.Set<IHttpRequestLifetimeFeature>(_lifetime);
        _server = [.. _features.Select(feature => feature.Key)];
        _context = new(_features) { ServiceScopeFactory = site.Services.GetRequiredService<IServiceScopeFactory>() };
    }

    /// <summary>The headers of the latest response, until the next request.</summary>
    public IHeaderDictionary ResponseHeaders => _response.Headers;

    /// <summary>The cookie that the latest response set, as a browser sends it. Those that it deleted do not count.</summary>
    public string Cookie
    {
        get
        {
            var cookie = SetCookieHeaderValue.ParseList([.. ResponseHeaders.SetCookie!]).Single(cookie => cookie.Value.Length > 0);
            return $"{cookie.Name}={cookie.Value}";
        }
    }

    /// <summary>Sends a request and returns the status of the response.</summary>
    /// <param name="path">The path.</param>
    /// <param name="query">The query with its question mark, or an empty string.</param>
    /// <param name="cookie">The cookie header, if any.</param>
    /// <param name="binance">The responses to the site's own calls.</param>
    public int Send(string path, string query, string? cookie, InMemoryBinance? binance = null)
    {
        var sending = SendAsync(path, query, cookie);
        while (!sending.IsCompleted)
        {
            binance!.Respond();
        }

        return sending.GetAwaiter().GetResult();
    }

    public async ValueTask<int> SendAsync(string path, string query, string? cookie, string method = "GET")
    {
        Begin(method, path, query, cookie);
        await _site.Pipeline(_context);
        return await _response.FinishAsync();
    }

    public void Dispose() => _aborted.Dispose();

    private void Begin(string method, string path, string query, string? cookie)
    {
        // As a server does: the features of the previous request are removed.
        _context.Uninitialize();
        foreach (var (type, _) in _features)
        {
            if (!_server.Contains(type))
            {
                _added.Add(type);
            }
        }

        foreach (var type in _added)
        {
            _features[type] = null;
        }

        _added.Clear();
        _context.Initialize(_features);

        _request.Scheme = "https";
        _request.Method = method;
        _request.Path = path;
        _request.QueryString = query;
        _request.Headers.Clear();
        _request.Headers.Host = "localhost";
        if (cookie is not null)
        {
            _request.Headers.Cookie = cookie;
        }

        if (!_aborted.TryReset())
        {
            _aborted = new();
        }

        _lifetime.RequestAborted = _aborted.Token;
        _response.Begin();
    }
}
