using AspNet.Security.OAuth.Binance.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The cookies that keep their sessions on the server: those that were named, and those that the Binance schemes sign in to.
/// </summary>
internal sealed class ServerSessionCookies
{
    private readonly Lazy<(HashSet<string> Names, List<string> Faults)> _found;

    public ServerSessionCookies(SignInSchemes signIns, IOptions<BinanceSchemeNames> registered, IOptions<ServerSessionRequests> requests)
        => _found = new(() => Find(signIns, registered.Value, requests.Value));

    public IReadOnlyCollection<string> Names => _found.Value.Names;

    /// <summary>Gets the faults of the configuration.</summary>
    public IReadOnlyCollection<string> Faults => _found.Value.Faults;

    public bool Contains(string cookieScheme) => _found.Value.Names.Contains(cookieScheme);

    private static (HashSet<string> Names, List<string> Faults) Find(SignInSchemes signIns, BinanceSchemeNames registered, ServerSessionRequests requests)
    {
        var (names, faults) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        foreach (var name in requests.Names)
        {
            if (signIns.FindScheme(name) is { } named)
            {
                Add(named, null);
            }
            else
            {
                faults.Add($"AddBinanceServerSessions: there is no scheme '{name}' when the application starts.");
            }
        }

        if (requests.IncludesSignIn && registered.Names.Count == 0)
        {
            faults.Add("AddBinanceServerSessions is for the cookie that Binance schemes sign in to, and AddBinance was not called. Call it, or name the cookie.");
        }

        foreach (var scheme in requests.IncludesSignIn ? registered.Names : [])
        {
            SignInTarget target;
            try
            {
                target = signIns.Find(scheme);
            }
            catch (InvalidOperationException)
            {
                // Recursion into this Lazy: the options of the scheme read those of the cookie, whose creation needs this value.
                Add(null, $"the options of the scheme '{scheme}' cannot be read while those of its cookie are created.");
                continue;
            }

            if (target.Scheme?.Name == IdentityConstants.ExternalScheme)
            {
                Add(null, $"the scheme '{scheme}' signs in to Identity's external cookie, which is temporary.");
            }
            else
            {
                // SignInSchemeCheck reports a scheme that cannot sign in.
                Add(target.Scheme, target is { Fault: null, HasInvalidOptions: false } ? $"where the scheme '{scheme}' signs in is decided by each request, or not known when the application starts." : null);
            }
        }

        return (names, faults);

        void Add(AuthenticationScheme? scheme, string? fault)
        {
            if (scheme is null)
            {
                if (fault is not null)
                {
                    faults.Add($"AddBinanceServerSessions: {fault} Name the cookie that keeps users signed in: AddBinanceServerSessions(\"…\").");
                }
            }
            else if (typeof(CookieAuthenticationHandler).IsAssignableFrom(scheme.HandlerType))
            {
                names.Add(scheme.Name);
            }
            else
            {
                Add(null, $"'{scheme.Name}' ({scheme.HandlerType.Name}) is not a cookie.");
            }
        }
    }
}

/// <summary>The cookies that <c>AddBinanceServerSessions</c> was called for.</summary>
internal sealed class ServerSessionRequests
{
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets a value indicating whether it was called without a name.</summary>
    public bool IncludesSignIn { get; set; }
}
