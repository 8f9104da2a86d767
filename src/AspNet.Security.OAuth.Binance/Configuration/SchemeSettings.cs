using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace AspNet.Security.OAuth.Binance.Configuration;

/// <summary>
/// The settings of one scheme, each parsed as its type. A setting that is absent or empty is
/// <see langword="null"/>. The message about a wrong one has its name and not its value, which may be a misplaced secret.
/// </summary>
internal sealed class SchemeSettings(IConfiguration section, string scheme)
{
    public string? Text(string key) => section[key] is { Length: > 0 } value ? value : null;

    public PathString? Path(string key) => Text(key) switch
    {
        // A plain null would be converted to an empty path.
        null => default(PathString?),
        ['/', ..] value => new PathString(value),
        _ => throw Wrong(key, "a path that starts with a slash"),
    };

    public bool? Flag(string key) => Text(key) switch
    {
        null => null,
        var value when bool.TryParse(value, out var flag) => flag,
        _ => throw Wrong(key, "true or false"),
    };

    public TimeSpan? Duration(string key) => Text(key) switch
    {
        null => null,
        var value when TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var duration) => duration,
        _ => throw Wrong(key, "a duration such as 00:00:10"),
    };

    public string[] List(string key)
        => Text(key) is { } joined
            ? joined.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. section.GetSection(key).GetChildren().Select(child => child.Value).OfType<string>().Where(value => value.Length > 0)];

    private InvalidOperationException Wrong(string key, string expected)
        => new($"The configuration's Authentication:Schemes:{scheme}:{key} has to be {expected}.");
}
