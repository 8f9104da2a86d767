using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Browsers;

/// <summary>
/// The authorize URL that a challenge sends the browser to.
/// </summary>
internal sealed record AuthorizeRequest(Uri Url)
{
    public Dictionary<string, StringValues> Query { get; } = QueryHelpers.ParseQuery(Url.Query);

    public string State => Query["state"].Single()!;

    public string? Scope => Query["scope"].Single();

    public string Path => Url.AbsolutePath;

    /// <summary>The path that Binance sends the browser back to.</summary>
    public string RedirectPath => new Uri(Query["redirect_uri"].Single()!).AbsolutePath;
}
