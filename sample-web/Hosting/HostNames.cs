namespace SampleWeb.Hosting;

/// <summary>
/// The names that this site answers to. Redirects to HTTPS and the redirect URI are made of the name that a request came with; Binance
/// refuses a redirect URI that is not registered, but a cache in front of the site may keep a redirect that names another.
/// </summary>
internal static partial class HostNames
{
    // What ASP.NET Core takes for every name there is.
    private static readonly string[] _any = ["*", "0.0.0.0", "[::]"];

    /// <summary>
    /// Warns an operator who has not said in <c>AllowedHosts</c> which names these are.
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
