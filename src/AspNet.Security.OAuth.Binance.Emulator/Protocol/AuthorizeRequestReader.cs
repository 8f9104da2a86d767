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
        if (FindClient(query, out var problem) is not { } client)
        {
            refusal = new AuthorizeRefusal(problem, Redirect: null);
            return null;
        }

        if (FindRedirectUri(query, client, out problem) is not { } redirectUri)
        {
            refusal = new AuthorizeRefusal(problem, Redirect: null) { IsOfKnownClient = true };
            return null;
        }

        var state = query.Values("state").Count == 1 && query.Text("state") is not null ? query.Raw("state") : null;
        if (FindError(query, client, out var scopes) is var (error, reason))
        {
            refusal = new AuthorizeRefusal(Problem: null, AuthorizeRedirect.Error(302, redirectUri, state, error, reason)) { IsOfKnownClient = true };
            return null;
        }

        return new AuthorizeRequest(client, redirectUri, state, scopes!, query.Text("code_challenge"));
    }

    private EmulatorClient? FindClient(EmulatorParameters query, out Problem? problem)
    {
        var id = query.Text("client_id");
        var client = query.Values("client_id").Count > 1 || id is null ? null : clients.Find(id);
        problem = client is not null ? null
            : query.Values("client_id").Count > 1 ? new(ProblemKind.RepeatedClientId)
            : new(id is null ? ProblemKind.MissingClientId : ProblemKind.UnknownClient, "client_id", id, [.. clients.Select(known => known.ClientId)]);
        return client;
    }

    private static string? FindRedirectUri(EmulatorParameters query, EmulatorClient client, out Problem? problem)
    {
        problem = null;
        if (query.Values("redirect_uri").Count > 1)
        {
            problem = new(ProblemKind.RepeatedRedirectUri);
            return null;
        }

        var uri = query.Text("redirect_uri");
        if (uri is not null && RedirectUri.IsRegistered(client, uri))
        {
            return uri;
        }

        var kind = uri is null ? ProblemKind.MissingRedirectUri
            : client.AllowAnyLoopbackPort ? ProblemKind.UnregisteredLoopbackRedirectUri
            : ProblemKind.UnregisteredRedirectUri;
        problem = new(kind, "redirect_uri", uri, client.RedirectUris);
        return null;
    }

    private static (string Error, EmulatorRefusal Reason)? FindError(EmulatorParameters query, EmulatorClient client, out IReadOnlyList<string>? scopes)
    {
        scopes = null;
        if (query.Repeated is { } repeated)
        {
            return ("invalid_request", new("A parameter is repeated.", "each parameter once", repeated));
        }

        if (query.Text("response_type") is not { } responseType)
        {
            return ("invalid_request", new("The response_type is missing.", "code"));
        }

        if (responseType != "code")
        {
            return ("unsupported_response_type", new("The response_type must be code.", "code", responseType));
        }

        // The only mode in Binance's document (W3).
        if (query.Text("response_mode") is { } responseMode && responseMode != "query")
        {
            return ("invalid_request", new("The response_mode must be query, or be omitted.", "query", responseMode));
        }

        if (!ScopeList.TryParse(query["scope"] ?? "", out scopes))
        {
            return ("invalid_scope", new(ScopeList.Rule, ScopeList.Example, query["scope"]));
        }

        if (!scopes.All(client.Allows))
        {
            return ("invalid_scope", new("The client may not request one of the scopes.", string.Join(',', client.AllowedScopes!), string.Join(',', scopes)));
        }

        return ProofKeyError(query, client) is { } refusal ? ("invalid_request", refusal) : null;
    }

    private static EmulatorRefusal? ProofKeyError(EmulatorParameters query, EmulatorClient client)
    {
        var method = query.Text("code_challenge_method");
        if (query.Text("code_challenge") is not { } challenge)
        {
            if (method is not null)
            {
                return new("The request has a code_challenge_method without a code_challenge.", "both, or none", method);
            }

            return client.IsPublic ? new("A public client must send a code_challenge (PKCE).", "code_challenge with the method S256") : null;
        }

        // A missing method means "plain" (RFC 7636 section 4.3), which Binance does not document (W1).
        if (method != "S256")
        {
            return new("The code_challenge_method must be S256.", "S256", method ?? "plain (RFC 7636 section 4.3: the method is missing)");
        }

        return ProofKey.IsChallenge(challenge)
            ? null
            : new("A code_challenge must be 43 to 128 characters of base64url without padding.", "BASE64URL(SHA256(code_verifier)), 43 characters", challenge);
    }
}
