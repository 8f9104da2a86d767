using System.Net;
using System.Web;

namespace AspNet.Security.OAuth.Binance.Emulator.Testing;

/// <summary>A sign-in at an application without a browser: it follows the redirects from the login path to the emulator and back.</summary>
/// <param name="site">The application's client, which keeps cookies.</param>
/// <param name="address">The emulator's own address; <see langword="null"/> when it is part of the application.</param>
/// <param name="options">The emulator's options: its other host names, and <see cref="BinanceEmulatorOptions.AutoApprove"/>.</param>
/// <param name="journal">The journal, which has the result of the authorize request.</param>
internal sealed class SignInWalk(HttpClient site, Uri? address, BinanceEmulatorOptions options, EmulatorJournal journal)
{
    private const string AuthorizePath = "/oauth/authorize";

    // As many as browsers follow.
    private const int MaxRedirects = 20;

    private readonly long _before = EmulatorRequest.LastNumber;

    /// <param name="login">The path of the application that starts the sign-in, or the authorize request itself.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="cancellationToken">Cancels the sign-in.</param>
    /// <returns>The application's last response; the emulator's page for <see cref="DenialBehavior.StayOnPage"/>.</returns>
    public async Task<HttpResponseMessage> RunAsync(string login, Decision decision, CancellationToken cancellationToken)
    {
        var start = AddressOf(login);
        if (IsAuthorizeRequest(start, from: site.BaseAddress ?? start))
        {
            return await DecideAsync(start, decision, cancellationToken);
        }

        var response = await FollowAsync(start, cancellationToken);
        var reached = AddressOf(response);
        var authorize = RedirectOf(response) is { } next && IsAuthorizeRequest(next, reached) ? next

            // The client follows redirects itself.
            : IsAuthorizeRequest(reached, site.BaseAddress ?? reached) ? reached
            : null;
        if (authorize is null && Last() is { Refusal: null, Fault: null, Location: not null } && decision.IsMadeBy(options))
        {
            return response;
        }

        using (response)
        {
            return authorize is not null ? await DecideAsync(authorize, decision, cancellationToken) : throw NotAtTheEmulator(login, response);
        }
    }

    private async Task<HttpResponseMessage> DecideAsync(Uri authorize, Decision decision, CancellationToken cancellationToken)
    {
        var decided = await RequestDecisionAsync(WithParameter(authorize, decision), cancellationToken);
        if (RedirectOf(decided) is { } callback)
        {
            decided.Dispose();
            return callback.Scheme is "http" or "https"
                ? await FollowAsync(callback, cancellationToken)
                : throw new InvalidOperationException($"The redirect URI belongs to an app ({callback.Scheme}:), not to a site that can be requested.");
        }

        if (decision.MayEndAtTheEmulator && options.DenialBehavior == DenialBehavior.StayOnPage && Last() is { Fault: null, Refusal: null })
        {
            return decided;
        }

        using (decided)
        {
            throw new InvalidOperationException($"The emulator responds to the authorize request with status {(int)decided.StatusCode}{ReasonOf(Last())}");
        }
    }

    private async Task<HttpResponseMessage> RequestDecisionAsync(Uri authorize, CancellationToken cancellationToken)
    {
        if (address is null)
        {
            return await GetAsync(site, authorize, cancellationToken);
        }

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        using var browser = new HttpClient(handler);

        // The emulator's other names may not resolve in this process.
        return await GetAsync(browser, new Uri(address, authorize.PathAndQuery), cancellationToken);
    }

    // Follows redirects within the application.
    private async Task<HttpResponseMessage> FollowAsync(Uri next, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await GetAsync(site, next, cancellationToken);
            var reached = AddressOf(response);
            if (RedirectOf(response) is not { } location || location.Host != reached.Host || location.AbsolutePath.EndsWith(AuthorizePath, StringComparison.Ordinal))
            {
                return response;
            }

            response.Dispose();
            next = redirects < MaxRedirects
                ? location
                : throw new InvalidOperationException($"The application redirects more than {MaxRedirects} times; the last time to {location.GetLeftPart(UriPartial.Path)}.");
        }
    }

    private bool IsAuthorizeRequest(Uri target, Uri from)
        => target.AbsolutePath.EndsWith(AuthorizePath, StringComparison.Ordinal) && target.Query.Length > 1 && IsEmulator(target, from);

    private bool IsEmulator(Uri target, Uri from) => address is null
        ? target.Authority == from.Authority
        : target.Authority == options.PublicUrl?.Authority
            || (target.Port == address.Port && (target.IsLoopback || options.AllowedHosts.Contains(target.Host)));

    private InvalidOperationException NotAtTheEmulator(string login, HttpResponseMessage response)
    {
        var path = login.Split('?')[0];
        if (Last() is { } authorize)
        {
            return new(authorize is { Refusal: null, Fault: null }
                ? $"GET {path} led to this emulator and back: the client follows redirects, and AutoApprove decides. Create the client without AllowAutoRedirect, or leave AutoApprove off."
                : $"The emulator responds to the authorize request with status {authorize.Status}{ReasonOf(authorize)}");
        }

        var end = RedirectOf(response) is { } location
            ? $"it redirects to {location.GetLeftPart(UriPartial.Path)}"
            : $"it ended at {AddressOf(response).GetLeftPart(UriPartial.Path)} with status {(int)response.StatusCode}";
        return new(
            $"GET {path} does not lead to this emulator: {end}. Does the application use the emulator's address (UseServer), is this the path of its login, "
            + "and is the client not signed in yet? If the login is a form, post it first, and pass the address that it redirects to in place of the path.");
    }

    // The authorize request of this sign-in, or of a concurrent one.
    private EmulatorRequest? Last() => journal.LastOrDefault(request => request.Endpoint == EmulatorEndpoint.Authorize && request.Number > _before);

    private static string ReasonOf(EmulatorRequest? request) => request switch
    {
        { Fault: { } fault } => $": the fault {fault} was applied to it.",
        { Refusal: { } refusal } => $": {refusal.Rule}{Part("Expected", refusal.Expected)}{Part("Received", refusal.Actual)}",
        _ => ".",
    };

    private static string Part(string name, string? value) => value is null ? "" : $" {name}: {value}.";

    private Uri AddressOf(string login) => Uri.TryCreate(login, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https"
        ? absolute
        : site.BaseAddress is { } address
            ? new Uri(address, login)
            : throw new ArgumentException("The client has no BaseAddress: give the whole address.", nameof(login));

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        // The request of a browser for a page. An application may refuse that of a script with 401.
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Accept = { new("text/html") } } };
        return await client.SendAsync(request, cancellationToken);
    }

    private static Uri? RedirectOf(HttpResponseMessage response)
        => response is { StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest, Headers.Location: { } location }
            ? new Uri(AddressOf(response), location)
            : null;

    private static Uri AddressOf(HttpResponseMessage response) => response.RequestMessage!.RequestUri!;

    // The parameter precedes a fragment.
    private static Uri WithParameter(Uri authorize, Decision decision)
        => new UriBuilder(authorize) { Query = $"{authorize.Query}&{decision.Parameter}={HttpUtility.UrlEncode(decision.Value)}", Fragment = "" }.Uri;
}
