namespace SampleWeb.Hosting;

/// <summary>
/// The host names of this site. Redirects to HTTPS and the redirect URI contain the Host header of the request. Binance
/// refuses a redirect URI that is not registered, but a cache in front of the site may keep a redirect that names another.
/// </summary>
internal static partial class HostNames
{
    // The values that mean any host to ASP.NET Core.
    private static readonly string[] _any = ["*", "0.0.0.0", "[::]"];

    /// <summary>
    /// Logs a warning if <c>AllowedHosts</c> does not list them.
    /// </summary>
    public static void WarnIfAnyIsAllowed(this WebApplication app)
    {
        var names = app.Configuration["AllowedHosts"]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (!app.Environment.IsDevelopment() && (names.Length is 0 || names.Intersect(_any).Any()))
        {
            AnyIsAllowed(app.Logger);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "AllowedHosts allows any host name. Set it to this site's own, for example www.example.com.", EventName = "AnyHostIsAllowed")]
    private static partial void AnyIsAllowed(ILogger logger);
}
