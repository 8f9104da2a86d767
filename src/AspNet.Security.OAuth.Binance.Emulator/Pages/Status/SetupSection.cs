namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>Options, clients and accounts, in collapsed sections.</summary>
internal sealed class SetupSection(BinanceEmulatorOptions options, EmulatorClients clients, EmulatorUsers users)
{
    private static readonly HashSet<string> _presets = [BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.PublicClientId];

    // Preset clients come last.
    public Html Markup() => Html.Of($"""
        {Fold("settings", "Settings", Settings())}
        {Fold("clients", $"Applications ({Shown.Number(clients.Count())})", Html.Of($"<div class=\"cards\">{Html.Each(clients.OrderBy(client => _presets.Contains(client.ClientId)), Client)}</div>"))}
        {Fold("users", $"Accounts ({Shown.Number(users.Count())})", Html.Of($"<div class=\"cards\">{Html.Each(users, User)}</div>"))}
        """);

    private static Html Fold(string id, string title, Html content) => Html.Of($"""
        <details class="fold" id="{id}"><summary id="{id}-summary"><h2>{title}</h2></summary>
        <div id="{id}-content">{content}</div>
        </details>
        """);

    private Html Settings() => Html.Of($"""
        <dl class="settings">
        <div><dt>Consent</dt><dd>{(options.AutoApprove ? "Approved at once" : "The user decides")}</dd></div>
        <div><dt>A refusal</dt><dd>{(options.DenialBehavior == DenialBehavior.Redirect ? "Redirects to the application" : "Stays on the page")}</dd></div>
        <div><dt>Refresh tokens</dt><dd>{(options.RefreshTokenBehavior == RefreshTokenBehavior.Keep ? "Kept" : "Rotated")}{(options.RefreshTokenBehavior == RefreshTokenBehavior.RotateAndRevokeOnReuse ? Html.Of($"<small>Reuse ends the grant</small>") : Html.Empty)}</dd></div>
        <div><dt>Revocation ends</dt><dd>{(options.RevocationBehavior == RevocationBehavior.RevokeGrant ? "The grant" : "The access token")}</dd></div>
        <div><dt>Access tokens live</dt><dd>{Shown.Span(options.AccessTokenLifetime)}</dd></div>
        <div><dt>Lenient</dt><dd>{(options.Lenient ? "Yes: HTTP Basic, tokens in the query" : "No")}</dd></div>
        {(options.PublicUrl is { } url ? Html.Of($"<div class=\"wide\"><dt>For browsers</dt><dd><code>{url.AbsoluteUri}</code></dd></div>") : Html.Empty)}
        {Listed("Allowed origins", options.AllowedOrigins)}
        {Listed("Allowed hosts", options.AllowedHosts)}
        </dl>
        """);

    private static Html Listed(string title, ICollection<string> values) => values.Count == 0
        ? Html.Empty
        : Html.Of($"<div class=\"wide\"><dt>{title}</dt>{Html.Each(values, value => Html.Of($"<dd><code>{value}</code></dd>"))}</div>");

    private static Html Client(EmulatorClient client) => Html.Of($"""
        <article>
        <h3>{Html.Name(client.DisplayName)}</h3>
        <p><span class="quiet">{(client.IsPublic ? "Public, PKCE required" : "Confidential, has a secret")}</span></p>
        <dl><dt>Client id</dt><dd><code>{client.ClientId}</code></dd>
        <dt>Redirect URIs{(client.AllowAnyLoopbackPort ? ", on any loopback port" : "")}</dt>{Html.Each(client.RedirectUris, uri => Html.Of($"<dd><code>{uri}</code></dd>"))}
        <dt>Scopes</dt><dd>{(client.AllowedScopes is null or { Count: 0 } ? Html.Of($"Any") : Html.Name(string.Join(", ", client.AllowedScopes)))}</dd></dl>
        </article>
        """);

    private static Html User(EmulatorUser user) => Html.Of($"""
        <article>
        <h3>{Html.Name(user.Label)}</h3>
        <dl><dt>E-mail address</dt><dd>{(user.Email is { } email ? Html.Name(email) : Html.Of($"None"))}</dd><dt>User id</dt><dd><code>{user.UserId}</code></dd></dl>
        </article>
        """);
}
