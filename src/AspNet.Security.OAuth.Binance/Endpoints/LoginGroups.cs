using AspNet.Security.OAuth.Binance.Configuration;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing.Patterns;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// The groups that <c>MapBinanceLogin</c> was called for, in that order.
/// </summary>
internal sealed class LoginGroups
{
    private readonly List<LoginGroup> _groups = [];

    public IReadOnlyCollection<LoginGroup> All => _groups;

    public LoginGroup Add(LoginGroup group)
    {
        _groups.Add(group);
        return group;
    }

    /// <summary>Finds the path of an endpoint in the first group of a scheme that has one.</summary>
    public PathString OfScheme(string? scheme, string endpoint) => PathOf(group => group.Scheme == scheme, endpoint);

    /// <summary>Finds the path of an endpoint in the first group that signs in to a cookie and has one.</summary>
    public PathString OfCookie(string? cookieScheme, string endpoint) => PathOf(group => group.CookieScheme is { } cookie && cookie == cookieScheme, endpoint);

    private PathString PathOf(Predicate<LoginGroup> isMatch, string endpoint)
        => _groups.Find(group => group.Prefix is not null && isMatch(group)) is { Prefix: var prefix } ? new PathString($"{prefix}/{endpoint}") : default;
}

/// <summary>One group of endpoints.</summary>
internal sealed class LoginGroup
{
    private LoginGroup(string scheme, string? cookieScheme) => (Scheme, CookieScheme) = (scheme, cookieScheme);

    /// <summary>Gets the scheme to sign in with.</summary>
    public string Scheme { get; }

    /// <summary>Gets the cookie that the scheme signs in to, if it is a cookie and known at startup.</summary>
    public string? CookieScheme { get; }

    /// <summary>Gets the path of the group, once its endpoints were created: groups may be nested. A path with parameters is <see langword="null"/>.</summary>
    public string? Prefix { get; private set; }

    /// <summary>Creates a group for a scheme.</summary>
    /// <exception cref="InvalidOperationException">The scheme cannot be mapped.</exception>
    public static LoginGroup Create(string scheme, BinanceSchemes schemes, SignInSchemes signIns)
    {
        if (!schemes.IsRegistered(scheme))
        {
            throw new InvalidOperationException($"MapBinanceLogin: there is no Binance scheme '{scheme}'. Call AddBinance with that name, or map the name of another one.");
        }

        // Wrong options are reported by the validation at startup.
        var target = signIns.Find(scheme).Scheme;
        if (target?.Name == IdentityConstants.ExternalScheme)
        {
            throw new InvalidOperationException(
                $"MapBinanceLogin: the scheme '{scheme}' signs in to Identity's external cookie, which lasts until Identity's own pages have signed the user in. Use those pages.");
        }

        return new LoginGroup(scheme, typeof(CookieAuthenticationHandler).IsAssignableFrom(target?.HandlerType) ? target!.Name : null);
    }

    /// <summary>Takes the path of the group from the route of one of its endpoints.</summary>
    public void SetPrefix(RoutePattern route)
    {
        var segments = route.PathSegments.SkipLast(1).Select(static segment => segment.Parts is [RoutePatternLiteralPart literal] ? literal.Content : null).ToArray();
        Prefix = Array.Exists(segments, static segment => segment is null) ? null : string.Concat(segments.Select(static segment => "/" + segment));
    }
}
