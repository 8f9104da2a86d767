using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The page on which the user decides (W2).</summary>
internal static class ConsentPage
{
    // Chromium applies form-action to the redirects after the form, too. The policy must contain the application's origin, and all of
    // loopback, because after its callback an application may redirect to a front end on another port.
    private const string LoopbackSources = "http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:*";

    public static EmulatorResponse Create(EmulatorCall call, AuthorizeRequest request, IReadOnlyList<EmulatorUser> users, string consentId)
    {
        var words = PageWords.For(call);
        var main = Html.Of($"""
            <p class="application" aria-hidden="true"><span>{Initial(request.Client)}</span></p>
            <h1><b>{Html.Name(request.Client.DisplayName)}</b> {words.WantsAccess}</h1>
            <section aria-labelledby="permissions">
            <h2 id="permissions">{words.Permissions}</h2>
            <ul class="permissions">
            {Html.Each(request.Scopes, scope => PermissionItem(Permission.For(scope, words)))}
            </ul>
            </section>
            <form method="post" action="{call.Path}{call.RawQuery}">
            <input type="hidden" name="consent" value="{consentId}">
            {Accounts(users, words)}
            <div class="actions">
            {(users.Count > 0 ? Html.Of($"""<button class="primary" name="decision" value="authorize">{words.Authorize}</button>""") : Html.Empty)}
            <button name="decision" value="cancel">{words.Cancel}</button>
            </div>
            </form>
            <p class="aside">{words.Return} <span class="address">{Html.Name(Destination(new Uri(request.RedirectUri)))}</span></p>
            """);
        return Layout.Page(200, call.Prefix, words, $"{request.Client.DisplayName} {words.WantsAccess}", "card consent", main, $"'self' {PolicySource(request.RedirectUri)} {LoopbackSources}");
    }

    // The origin. A private-use URI (RFC 8252 section 7.1) has none.
    private static string Destination(Uri uri) => uri.Scheme is "http" or "https" ? uri.GetLeftPart(UriPartial.Authority) : uri.OriginalString;

    // The source expression of a redirect URI in a Content-Security-Policy.
    private static string PolicySource(string uri)
    {
        var parsed = new Uri(uri);

        // Source expressions support neither IPv6 addresses nor hosts of private-use schemes.
        return parsed.Scheme is "http" or "https" && parsed.HostNameType != UriHostNameType.IPv6
            ? $"{parsed.Scheme}://{parsed.IdnHost}:{parsed.Port}"
            : $"{parsed.Scheme}:";
    }

    private static string Initial(EmulatorClient client) => client.DisplayName[..(char.IsHighSurrogate(client.DisplayName[0]) ? 2 : 1)].ToUpperInvariant();

    private static Html PermissionItem(Permission permission) => Html.Of($"""
        <li{(permission.IsPowerful ? Html.Of($" class=\"powerful\"") : Html.Empty)}><span>{(permission.Words is { } words ? Html.Of($"{words}") : Html.Name(permission.Scope))}</span>{(permission.Words is null ? Html.Empty : Html.Of($" <code>{permission.Scope}</code>"))}</li>
        """);

    private static Html Accounts(IReadOnlyList<EmulatorUser> users, PageWords words) => users.Count == 0
        ? Html.Of($"<p>{words.NoAccounts}</p>")
        : Html.Of($"""
            <fieldset>
            <legend>{words.ChooseAccount}</legend>
            {Html.Each(users.Select((user, index) => (user, index)), item => Account(item.user, item.index, words))}
            </fieldset>
            """);

    private static Html Account(EmulatorUser user, int index, PageWords words) => Html.Of($"""
        <label class="account" for="user-{index}">
        <input type="radio" id="user-{index}" name="user" value="{user.UserId}" required{(index == 0 ? Html.Of($" checked") : Html.Empty)}>
        <span><b>{Html.Name(user.Label)}</b><small>{(user.Email is { } email ? Html.Name(email) : Html.Of($"{words.NoEmail}"))}</small></span>
        </label>
        """);
}
