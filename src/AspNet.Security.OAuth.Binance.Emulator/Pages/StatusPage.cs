using System.Globalization;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The emulator's settings, clients, users, tokens and latest requests. It shows no secret, and no token in full.</summary>
internal sealed class StatusPage(
    BinanceEmulatorOptions options,
    EmulatorClients clients,
    EmulatorUsers users,
    EmulatorClock clock,
    EmulatorFaults faults,
    EmulatorJournal journal,
    TokenStore tokens)
{
    private const int LatestRequests = 50;
    private const int LatestTokens = 50;

    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (!call.Is("GET") && !call.Is("HEAD"))
        {
            return ErrorPage.Create(call, new("This page is opened with GET", "There is nothing to send to it."), 405).With("Allow", "GET, HEAD");
        }

        return Layout.Page(200, call.Prefix, "Status", "status", Html.Of($"""
            <div class="title">
            <img src="{call.Prefix}/emulator.svg" alt="" width="44" height="44">
            <div><h1>Binance emulator</h1><p>OAuth 2.0 on this machine, for “Login with Binance”</p></div>
            <a class="button" href="">Refresh</a>
            </div>
            {Settings()}
            <section aria-labelledby="clients"><h2 id="clients">Applications</h2><div class="cards">{Html.Each(clients, Client)}</div></section>
            <section aria-labelledby="users"><h2 id="users">Accounts</h2><div class="cards">{Html.Each(users, User)}</div></section>
            {Tokens()}
            {Revocations()}
            {Requests()}
            """));
    }

    private Html Settings() => Html.Of($"""
        <dl class="settings">
        <div><dt>Consent</dt><dd>{(options.AutoApprove ? "Approved at once" : "Asks the user")}</dd></div>
        <div><dt>Refresh tokens</dt><dd>{(options.RefreshTokenBehavior == RefreshTokenBehavior.Keep ? "Kept" : "Rotated")}{(options.RefreshTokenBehavior == RefreshTokenBehavior.RotateAndRevokeOnReuse ? Html.Of($"<small>Reuse ends the grant</small>") : Html.Empty)}</dd></div>
        <div><dt>Revocation ends</dt><dd>{(options.RevocationBehavior == RevocationBehavior.RevokeGrant ? "The grant" : "The access token")}</dd></div>
        <div><dt>Access tokens live</dt><dd>{Span(options.AccessTokenLifetime)}</dd></div>
        <div><dt>Clock (UTC)</dt><dd>{Time(clock.GetUtcNow())}{(clock.Offset == TimeSpan.Zero ? Html.Empty : Html.Of($"<small>{Span(clock.Offset)} ahead</small>"))}</dd></div>
        <div><dt>Faults waiting</dt><dd>{faults.PendingCount.ToString(CultureInfo.InvariantCulture)}</dd></div>
        {AllowedOrigins()}
        </dl>
        """);

    private Html AllowedOrigins() => options.AllowedOrigins.Count == 0
        ? Html.Empty
        : Html.Of($"<div class=\"wide\"><dt>Allowed origins</dt>{Html.Each(options.AllowedOrigins, origin => Html.Of($"<dd><code>{origin}</code></dd>"))}</div>");

    private static Html Client(EmulatorClient client) => Html.Of($"""
        <article>
        <h3>{client.DisplayName}</h3>
        <p><span class="tag">{(client.IsPublic ? "Public, PKCE required" : "Confidential, has a secret")}</span></p>
        <dl><dt>Client id</dt><dd><code>{client.ClientId}</code></dd>
        <dt>Redirect URIs{(client.AllowAnyLoopbackPort ? ", on any loopback port" : "")}</dt>{Html.Each(client.RedirectUris, uri => Html.Of($"<dd><code>{uri}</code></dd>"))}
        <dt>Scopes</dt><dd>{(client.AllowedScopes is null or { Count: 0 } ? "Any" : string.Join(", ", client.AllowedScopes))}</dd></dl>
        </article>
        """);

    private static Html User(EmulatorUser user) => Html.Of($"""
        <article>
        <h3>{user.Label}</h3>
        <dl><dt>E-mail address</dt><dd>{user.Email ?? "None"}</dd><dt>User id</dt><dd><code>{user.UserId}</code></dd></dl>
        </article>
        """);

    private Html Tokens()
    {
        var live = tokens.AccessTokens;
        return Table("tokens", $"Live access tokens ({live.Count})", "No access token is live.", ["Token", "Application", "Account", "Scopes", "Expires (UTC)"], live.Reverse().Take(LatestTokens), token => Html.Of($"""
            <tr><td><code>{Short(token.Value)}</code></td><td>{ClientName(token.ClientId)}</td><td>{UserName(token.UserId)}</td><td>{string.Join(", ", token.Scopes)}</td><td>{Time(token.ExpiresAt!.Value)}</td></tr>
            """));
    }

    private Html Revocations() => Table("revoked", "Revoked lately", "Nothing was revoked.", ["When (UTC)", "Token", "Application", "Account", "Why"], tokens.Revocations, revocation => Html.Of($"""
        <tr><td>{Time(revocation.At)}</td><td><code>{Short(revocation.Token)}</code></td><td>{ClientName(revocation.ClientId)}</td><td>{UserName(revocation.UserId)}</td><td>{revocation.Reason}</td></tr>
        """));

    private Html Requests() => Table("requests", "Latest requests", "No request yet.", ["When (UTC)", "Request", "What", "Answer"], journal.Where(IsOfInterest).Reverse().Take(LatestRequests), request => Html.Of($"""
        <tr><td>{Time(request.Time)}</td><td><span class="method">{request.Method}</span> <code>{request.Path}</code></td><td>{Purpose(request)}</td><td><span class="outcome {Tone(request)}">{Outcome(request)}</span></td></tr>
        """));

    // Views of this page are not shown on it.
    private static bool IsOfInterest(EmulatorRequest request)
        => request.Endpoint != EmulatorEndpoint.Page || !request.Method.Equals("GET", StringComparison.Ordinal) || request.Status >= 400;

    private static Html Table<T>(string id, string title, string empty, string[] columns, IEnumerable<T> rows, Func<T, Html> row)
    {
        var list = rows.ToList();
        return Html.Of($"""
            <section aria-labelledby="{id}"><h2 id="{id}">{title}</h2>
            {(list.Count == 0 ? Html.Of($"<p class=\"empty\">{empty}</p>") : Html.Of($"""
            <div class="scroll" role="region" aria-labelledby="{id}" tabindex="0"><table>
            <thead><tr>{Html.Each(columns, column => Html.Of($"<th scope=\"col\">{column}</th>"))}</tr></thead>
            <tbody>{Html.Each(list, row)}</tbody>
            </table></div>
            """))}
            </section>
            """);
    }

    private string ClientName(string clientId) => clients.Find(clientId)?.DisplayName ?? clientId;

    private string UserName(string userId) => users.Find(userId)?.Label ?? userId;

    private static string Purpose(EmulatorRequest request) => request.Endpoint switch
    {
        EmulatorEndpoint.Authorize => "Start of a sign-in",
        EmulatorEndpoint.Token => request.GrantType ?? "No grant type",
        EmulatorEndpoint.UserInfo => "User info",
        EmulatorEndpoint.Revoke => "Revocation",
        _ when request.Form.Contains("consent") => "Answer to the consent page",
        _ when request is { Method: "OPTIONS", Status: 204 } => "Preflight of an allowed origin",
        _ => "Page",
    };

    private static string Tone(EmulatorRequest request) => request switch
    {
        { Fault: not null } => "fault",
        { Status: >= 400 } => "refused",
        _ => "good",
    };

    private static string Outcome(EmulatorRequest request) => request switch
    {
        { Fault: { } fault } => $"{request.Status.ToString(CultureInfo.InvariantCulture)}, fault: {fault}",
        { Status: 302 or 303 } => $"{request.Status.ToString(CultureInfo.InvariantCulture)}, back to the application",
        _ => request.Status.ToString(CultureInfo.InvariantCulture),
    };

    private static string Short(string token) => token.Length > 8 ? token[..8] + "…" : "";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span)
    {
        (int Count, string Unit)[] parts = [(span.Days, "d"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s")];
        return string.Join(' ', parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")));
    }
}
