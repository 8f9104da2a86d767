using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>Where the sessions of a sequence are, and how many processes the site has.</summary>
public enum SessionKind
{
    /// <summary>In the cookie of a site of one process.</summary>
    Cookie,

    /// <summary>In the cookie of a site of two processes with a distributed lock and cache.</summary>
    Farm,

    /// <summary>On the server, in two processes with a distributed lock and cache.</summary>
    Server,
}

/// <summary>What a session's cookie says, or what the server kept under its key when it was set.</summary>
internal sealed record CookieContent(
    string Session, string User, DateTimeOffset Issued, DateTimeOffset Expires, string AccessToken, string RefreshToken, DateTimeOffset TokensExpire);

/// <summary>Whom a page saw signed in with a cookie.</summary>
internal sealed record Seen(string Session, string User, string AccessToken, DateTimeOffset TokensExpire);

/// <summary>The last <c>Set-Cookie</c> of a name in a response. Without content it deletes the cookie.</summary>
internal sealed record Written(CookieContent? Content);

/// <summary>A response, as far as the properties look at it.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Location">Where it redirects to.</param>
/// <param name="Cookies">What it writes, by the cookie's name.</param>
/// <param name="RepeatedNames">The cookies that more than one <c>Set-Cookie</c> names.</param>
/// <param name="Receive">Has the browser receive it.</param>
internal sealed record Received(
    HttpStatusCode Status, string? Location, IReadOnlyDictionary<string, Written> Cookies, IReadOnlyList<string> RepeatedNames, Action Receive);

/// <summary>A request that has been authenticated.</summary>
/// <param name="Main">Whom the page saw in the first cookie.</param>
/// <param name="Other">Whom it saw in the other cookie, if it looked.</param>
/// <param name="Worked">Completes when the page has done its work, and its response begins.</param>
/// <param name="FinishAsync">Lets the page do its work, and returns the response.</param>
internal sealed record OpenRequest(Seen? Main, Seen? Other, Task Worked, Func<Task<Received>> FinishAsync);

/// <summary>A refresh as the server saw it.</summary>
internal sealed record RefreshRequest(long Number, DateTimeOffset Time, string RefreshToken, bool HasSucceeded, bool IsRefused, bool IsScripted);
