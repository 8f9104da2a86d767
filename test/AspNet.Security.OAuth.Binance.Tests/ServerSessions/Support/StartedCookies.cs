using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

/// <summary>
/// Applications that only start, for tests of the checks and choices at the start.
/// </summary>
internal static class StartedCookies
{
    /// <summary>Starts an application.</summary>
    /// <returns>The cookies whose sessions are on the server.</returns>
    public static async Task<IReadOnlyList<string>> OnServerAsync(Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddLogging().AddDataProtection().UseEphemeralDataProtectionProvider();
        configure(builder.Services);
        await using var app = builder.Build();
        app.Run(static _ => Task.CompletedTask);
        await app.StartAsync(TestContext.Current.CancellationToken);

        var schemes = await app.Services.GetRequiredService<IAuthenticationSchemeProvider>().GetAllSchemesAsync();
        var options = app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>();
        return [.. schemes.Where(scheme => scheme.HandlerType == typeof(CookieAuthenticationHandler))
            .Select(scheme => scheme.Name)
            .Where(name => options.Get(name).SessionStore is not null)];
    }

    /// <summary>An application whose default scheme is a cookie.</summary>
    public static Action<IServiceCollection> With(Action<AuthenticationBuilder> add) => services => add(services.AddAuthentication("Cookies"));

    /// <summary>An application whose default scheme is a policy scheme beside a cookie.</summary>
    public static Action<IServiceCollection> WithPolicy(Action<PolicySchemeOptions> policy, Action<AuthenticationBuilder> add)
        => services => add(services.AddAuthentication("Policy").AddPolicyScheme("Policy", null, policy).AddCookie());

    /// <summary>An application with ASP.NET Core Identity.</summary>
    public static Action<IServiceCollection> WithIdentity(Action<AuthenticationBuilder> add)
        => services => add(services.AddIdentity<IdentityUser, IdentityRole>().Services.AddAuthentication());

    public static AuthenticationBuilder AddClient(this AuthenticationBuilder builder, string scheme = "Binance", string? signInScheme = null)
        => builder.AddBinance(scheme, options =>
        {
            (options.ClientId, options.ClientSecret, options.SignInScheme) = ("id", "secret", signInScheme);
            options.CallbackPath = "/signin-" + scheme;
        });
}
