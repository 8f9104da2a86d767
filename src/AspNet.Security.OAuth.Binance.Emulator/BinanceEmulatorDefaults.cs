namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The preset clients and accounts, and the emulator's own error codes. None of these values is a secret: no other server knows them.</summary>
public static class BinanceEmulatorDefaults
{
    /// <summary>The id of the preset confidential client, which authenticates with <see cref="ClientSecret"/>.</summary>
    public const string ClientId = "binance-emulator-client";

    /// <summary>The secret of the preset confidential client.</summary>
    public const string ClientSecret = "binance-emulator-secret";

    /// <summary>The id of the preset public client, which has no secret and must use PKCE.</summary>
    public const string PublicClientId = "binance-emulator-public-client";

    /// <summary>The user id of the first preset account, which has an e-mail address.</summary>
    public const string UserId = "10000000000000000000000000000001";

    /// <summary>The user id of the preset account that has no e-mail address.</summary>
    public const string UserIdWithoutEmail = "20000000000000000000000000000002";

    /// <summary>The user id of one more preset account with an e-mail address, for tests that need two.</summary>
    public const string SecondUserId = "30000000000000000000000000000003";

    /// <summary>
    /// The envelope's code of an API request with its token in the query or the body, or with an unexpected body (HTTP 400).
    /// Binance documents no error codes; the four in this class are the emulator's own.
    /// </summary>
    public const string InvalidRequestCode = "900400";

    /// <summary>The envelope's code when the access token is missing, unknown, expired or revoked (HTTP 401). The emulator's own.</summary>
    public const string InvalidTokenCode = "900401";

    /// <summary>The envelope's code when the access token lacks <c>user:openId</c> (HTTP 403). The emulator's own.</summary>
    public const string InsufficientScopeCode = "900403";

    /// <summary>The envelope's code when an API is called with the wrong HTTP method (HTTP 405). The emulator's own.</summary>
    public const string MethodNotAllowedCode = "900405";

    internal static IEnumerable<EmulatorClient> Clients()
    {
        // On any port (RFC 8252 section 7.3): the launch profile of a site decides its port.
        string[] redirectUris =
        [
            "http://localhost/signin-binance",
            "http://127.0.0.1/signin-binance",
            "https://localhost/signin-binance",
            "https://127.0.0.1/signin-binance",
        ];

        yield return new EmulatorClient
        {
            ClientId = ClientId,
            ClientSecret = ClientSecret,
            Name = "Test application",
            RedirectUris = redirectUris,
            AllowAnyLoopbackPort = true,
        };
        yield return new EmulatorClient
        {
            ClientId = PublicClientId,
            Name = "Test application without a secret",
            RedirectUris = redirectUris,
            AllowAnyLoopbackPort = true,
        };
    }

    internal static IEnumerable<EmulatorUser> Users()
    {
        yield return new EmulatorUser { UserId = UserId, Email = "with-email@example.com", Label = "Account with e-mail" };
        yield return new EmulatorUser { UserId = UserIdWithoutEmail, Label = "Account without e-mail" };
        yield return new EmulatorUser { UserId = SecondUserId, Email = "another-account@example.com", Label = "Another account" };
    }
}
