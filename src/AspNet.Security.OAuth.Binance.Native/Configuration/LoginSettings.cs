using AspNet.Security.OAuth.Binance.Stores;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// A checked and completed copy of the options, made when the login is created.
/// </summary>
internal sealed class LoginSettings
{
    private readonly KeyValuePair<string, string>[] _parameters;
    private readonly string[] _scopes;

    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public LoginSettings(BinanceLoginOptions options)
    {
        Require(!string.IsNullOrWhiteSpace(options.ClientId), nameof(options.ClientId), "is required: the client id that Binance gave.");
        Require(options.LoopbackPorts.All(port => port is > 0 and <= ushort.MaxValue), nameof(options.LoopbackPorts), "has a number that is not a port (1 to 65535).");
        Require(BinanceOAuthClient.FormatScope(options.Scope).Length > 0, nameof(options.Scope), "is empty: without 'user:openId' there is no user.");
        RequireTimeout(options.SignInTimeout, nameof(options.SignInTimeout));
        Require(options.RefreshBeforeExpiration >= TimeSpan.Zero, nameof(options.RefreshBeforeExpiration), "must not be negative.");
        RequireTimeout(options.BackchannelTimeout, nameof(options.BackchannelTimeout));
        RequireTimeout(options.RevocationTimeout, nameof(options.RevocationTimeout));
        Require(options.Locale is null || BinanceEndpoints.IsLocale(options.Locale), nameof(options.Locale), "does not have the form of a language, such as 'tr'.");
        Require(!options.RequireHttpsEndpoints || AllOf(options.Endpoints).All(IsProtected), nameof(options.Endpoints), $"has one that is not https. Set {nameof(options.RequireHttpsEndpoints)} to false for a network that others cannot read.");
        var defect = RedirectUris.DefectOf(options.RedirectUri);
        Require(defect is null, nameof(options.RedirectUri), defect!);

        (RedirectUri, LoopbackPorts) = (options.RedirectUri, [.. options.LoopbackPorts]);
        (SignInTimeout, RefreshBeforeExpiration, RequireHttps) = (options.SignInTimeout, options.RefreshBeforeExpiration, options.RequireHttpsEndpoints);
        (Browser, Store, Time) = (options.Browser ?? new SystemBrowser(), options.TokenStore ?? new MemoryTokenStore(), options.TimeProvider ?? TimeProvider.System);
        (_scopes, _parameters) = ([.. options.Scope], [.. options.AdditionalAuthorizationParameters]);
        Http = CreateHttp(options.BackchannelHttpHandler);
        OwnsHttp = options.BackchannelHttpHandler is null;
        Client = new(Http)
        {
            ClientId = options.ClientId,
            Endpoints = WithLanguage(options.Endpoints, options.Locale),
            Timeout = options.BackchannelTimeout,
            RevocationTimeout = options.RevocationTimeout,
            RequireHttpsEndpoints = options.RequireHttpsEndpoints,
            TimeProvider = Time,
        };

        try
        {
            NewRequest(RedirectUri);
        }
        catch (ArgumentException exception)
        {
            throw Wrong(nameof(options.AdditionalAuthorizationParameters), "has one without a name, or one of the protocol's own. Remove it.", exception);
        }
    }

    public BinanceOAuthClient Client { get; }

    public HttpClient Http { get; }

    public bool OwnsHttp { get; }

    public string RedirectUri { get; }

    public IReadOnlyList<int> LoopbackPorts { get; }

    public TimeSpan SignInTimeout { get; }

    public TimeSpan RefreshBeforeExpiration { get; }

    public bool RequireHttps { get; }

    public IBinanceBrowser Browser { get; }

    public IBinanceTokenStore Store { get; }

    public TimeProvider Time { get; }

    public bool IsLoopback => RedirectUris.IsLoopback(new Uri(RedirectUri));

    public BinanceAuthorizationRequest NewRequest(string redirectUri) => Client.CreateAuthorizationRequest(redirectUri, _scopes, locale: null, _parameters);

    private static BinanceEndpoints WithLanguage(BinanceEndpoints endpoints, string? locale) => new()
    {
        Authorization = new Uri(locale is null
            ? BinanceEndpoints.RemoveLanguage(endpoints.Authorization.AbsoluteUri)
            : BinanceEndpoints.Localize(endpoints.Authorization.AbsoluteUri, locale)),
        Token = endpoints.Token,
        UserInformation = endpoints.UserInformation,
        Revocation = endpoints.Revocation,
    };

    private static HttpClient CreateHttp(HttpMessageHandler? handler)
    {
        try
        {
            return BinanceOAuthClient.CreateHttpClient(handler);
        }
        catch (InvalidOperationException exception)
        {
            throw Wrong(nameof(BinanceLoginOptions.BackchannelHttpHandler), "follows redirects, and is in use already. Set AllowAutoRedirect to false where it is made.", exception);
        }
    }

    private static Uri[] AllOf(BinanceEndpoints endpoints) => [endpoints.Authorization, endpoints.Token, endpoints.UserInformation, endpoints.Revocation];

    private static bool IsProtected(Uri endpoint) => endpoint.Scheme == Uri.UriSchemeHttps || endpoint.IsLoopback;

    // The longest time of a timer.
    private static void RequireTimeout(TimeSpan value, string option)
        => Require(value > TimeSpan.Zero && value.TotalMilliseconds <= int.MaxValue, option, "has to be positive, and at most 24 days.");

    private static void Require(bool condition, string option, string rule)
    {
        if (!condition)
        {
            throw Wrong(option, rule);
        }
    }

    private static ArgumentException Wrong(string option, string rule, Exception? reason = null) => new($"{nameof(BinanceLoginOptions)}.{option} {rule}", reason);
}
