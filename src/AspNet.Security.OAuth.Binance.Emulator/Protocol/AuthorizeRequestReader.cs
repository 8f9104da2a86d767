using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Checks an authorize request (W1; RFC 6749 section 4.1.1, RFC 7636 section 4.3).</summary>
internal sealed class AuthorizeRequestReader(EmulatorClients clients)
{
    /// <returns>The request, or <see langword="null"/> with the reason for its refusal.</returns>
    public AuthorizeRequest? Read(EmulatorParameters query, out AuthorizeRefusal? refusal)
    {
        refusal = null;

        // No redirect to a URI that is not registered for the client: an open redirector (RFC 6749 section 4.1.2.1).
        if (FindClient(query, out var problem) is not { } client || FindRedirectUri(query, client, out problem) is not { } redirectUri)
        {
            refusal = new AuthorizeRefusal(problem, Redirect: null);
            return null;
        }

        var state = query.Values("state").Count == 1 && query.Text("state") is not null ? query.Raw("state") : null;
        if (FindError(query, client, out var scopes) is var (error, description))
        {
            refusal = new AuthorizeRefusal(Problem: null, AuthorizeRedirect.Error(302, redirectUri, state, error, description));
            return null;
        }

        return new AuthorizeRequest(client, redirectUri, state, scopes!, query.Text("code_challenge"));
    }

    private EmulatorClient? FindClient(EmulatorParameters query, out Problem? problem)
    {
        problem = null;
        if (query.Values("client_id").Count > 1)
        {
            problem = new("More than one client_id", "The request has more than one client_id.");
            return null;
        }

        var client = query.Text("client_id") is { } id ? clients.Find(id) : null;
        if (client is null)
        {
            problem = new(
                "Unknown client",
                query.Text("client_id") is null ? "The request has no client_id." : "The client_id in the request is not registered with this emulator.",
                "client_id in the request",
                query["client_id"],
                "Registered client ids",
                [.. clients.Select(known => known.ClientId)]);
        }

        return client;
    }

    private static string? FindRedirectUri(EmulatorParameters query, EmulatorClient client, out Problem? problem)
    {
        problem = null;
        if (query.Values("redirect_uri").Count > 1)
        {
            problem = new("More than one redirect_uri", "The request has more than one redirect_uri.");
            return null;
        }

        var uri = query.Text("redirect_uri");
        if (uri is not null && RedirectUri.IsRegistered(client, uri))
        {
            return uri;
        }

        problem = new(
            "Unregistered redirect URI",
            uri is null
                ? "The request has no redirect_uri."
                : "The redirect_uri in the request is not registered for this client. It must be the same, character by character.",
            "redirect_uri in the request",
            uri,
            client.AllowAnyLoopbackPort ? "Registered redirect URIs (loopback ones on any port)" : "Registered redirect URIs",
            client.RedirectUris);
        return null;
    }

    private static (string Error, string Description)? FindError(EmulatorParameters query, EmulatorClient client, out IReadOnlyList<string>? scopes)
    {
        scopes = null;
        if (query.Repeated is not null)
        {
            return ("invalid_request", "A parameter is there more than once.");
        }

        if (query.Text("response_type") is not { } responseType)
        {
            return ("invalid_request", "The response_type is missing.");
        }

        if (responseType != "code")
        {
            return ("unsupported_response_type", "The response_type is code.");
        }

        if (!ScopeList.TryParse(query["scope"] ?? "", out scopes))
        {
            return ("invalid_scope", "The scope is a list joined by commas, without blanks and repetitions.");
        }

        if (!scopes.All(client.Allows))
        {
            return ("invalid_scope", "The client may not ask for one of the scopes.");
        }

        return ProofKeyError(query, client) is { } description ? ("invalid_request", description) : null;
    }

    private static string? ProofKeyError(EmulatorParameters query, EmulatorClient client)
    {
        var method = query.Text("code_challenge_method");
        if (query.Text("code_challenge") is not { } challenge)
        {
            if (method is not null)
            {
                return "There is a code_challenge_method without a code_challenge.";
            }

            return client.IsPublic ? "A public client must send a code_challenge (PKCE)." : null;
        }

        // A missing method means "plain" (RFC 7636 section 4.3), which W1 does not have.
        if (method != "S256")
        {
            return "The code_challenge_method is S256.";
        }

        return ProofKey.IsChallenge(challenge) ? null : "A code_challenge is 43 to 128 characters of base64url without padding.";
    }
}
