namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The endpoint of a request to the emulator.</summary>
public enum EmulatorEndpoint
{
    /// <summary><c>GET /oauth/authorize</c>, with or without a language before it: the start of a sign-in.</summary>
    Authorize,

    /// <summary><c>POST /oauth/token</c>: issues tokens for a code or a refresh token.</summary>
    Token,

    /// <summary><c>GET /oauth-api/v1/user-info</c>.</summary>
    UserInfo,

    /// <summary><c>POST /oauth-api/v1/revoke-token</c>.</summary>
    Revoke,

    /// <summary>Everything else that a browser requests: the consent page's form, the preflight of an allowed origin, the status page, its style sheet, unknown paths.</summary>
    Page,
}
