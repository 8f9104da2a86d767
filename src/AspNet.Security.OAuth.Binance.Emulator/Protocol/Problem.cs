namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A request that is refused with a page, without a redirect (RFC 6749 section 4.1.2.1). The text depends on the page's language.</summary>
/// <param name="Kind">The kind of problem.</param>
/// <param name="Parameter">The name of the parameter, or of the option, that is wrong.</param>
/// <param name="Given">Its value.</param>
/// <param name="Known">The values that are accepted.</param>
internal sealed record Problem(ProblemKind Kind, string? Parameter = null, string? Given = null, IReadOnlyList<string>? Known = null);

/// <summary>The kind of a <see cref="Problem"/>.</summary>
internal enum ProblemKind
{
    /// <summary>The request has too many parameters, or a body that is too long or cannot be read.</summary>
    UnreadableRequest,

    /// <summary>The authorize page was requested by another method than GET, HEAD or POST.</summary>
    AuthorizeMethod,

    /// <summary>A page or a file was requested by another method than GET or HEAD.</summary>
    PageMethod,

    /// <summary>There is more than one <c>client_id</c>.</summary>
    RepeatedClientId,

    /// <summary>There is no <c>client_id</c>.</summary>
    MissingClientId,

    /// <summary>The <c>client_id</c> is not registered.</summary>
    UnknownClient,

    /// <summary>There is more than one <c>redirect_uri</c>.</summary>
    RepeatedRedirectUri,

    /// <summary>There is no <c>redirect_uri</c>.</summary>
    MissingRedirectUri,

    /// <summary>The <c>redirect_uri</c> is not registered for the client.</summary>
    UnregisteredRedirectUri,

    /// <summary>The <c>redirect_uri</c> is not registered for the client, whose loopback redirect URIs match on every port.</summary>
    UnregisteredLoopbackRedirectUri,

    /// <summary>The emulator's parameter for a decision has an unknown value.</summary>
    UnknownDecision,

    /// <summary>The emulator's parameter or option for an account has an unknown user id.</summary>
    UnknownAccount,

    /// <summary>The emulator has no accounts.</summary>
    NoAccount,

    /// <summary>The path is unknown.</summary>
    NotFound,
}
