using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>
/// Shortens the secrets in untrusted text, such as a scripted body or a path. It finds them by the name before them, by their format (the
/// emulator's tokens and codes), and by their value, if a parameter of the request with the name of a secret has the same value.
/// </summary>
internal sealed partial class Redaction
{
    private const string Names =
        "client_?secret|secret|password|code_?verifier|code|(access_?|refresh_?|id_?|subject_?|actor_?)?token(_hint)?|assertion|client_assertion|device_code|api_?key|state|consent|antiforgery";

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    /// <param name="request">The request that the texts belong to.</param>
    public Redaction(EmulatorRequest request)
    {
        foreach (var (name, value) in request.Query.Concat(request.Form).Concat(Shown.Query(request.Location ?? "")))
        {
            Learn(name, value);
        }

        if (request.Authorization?.Split(' ')[^1] is { Length: > 0 } credentials)
        {
            Learn("secret", credentials);
        }
    }

    public static bool IsSecret(string name) => WholeName().IsMatch(name);

    public string Of(string text)
    {
        foreach (var value in _values)
        {
            text = text.Replace(value, Secret.Shorten(value), StringComparison.Ordinal);
        }

        text = NamedValue().Replace(text, match => match.Groups["before"].Value + Shortened(match.Groups["name"].Value, match.Groups["value"].Value));
        return Shape().Replace(text, match => Secret.Shorten(match.Value));
    }

    // The codes of the API's envelope are digits (W8), and no secrets.
    private static string Shortened(string name, string value)
        => (name.Equals("code", StringComparison.OrdinalIgnoreCase) && EnvelopeCode().IsMatch(value)) || value is "null" or "true" or "false" || value.Contains('…', StringComparison.Ordinal)
            ? value
            : Secret.Shorten(value);

    // Short values are ignored: they occur in any text.
    private void Learn(string name, string value)
    {
        if (IsSecret(name) && value.Length >= 8)
        {
            _values.Add(value);
        }
    }

    [GeneratedRegex($"^({Names})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WholeName();

    // "name": "value", name=value, name: value.
    [GeneratedRegex(
        $"""(?<before>(?<![\w-])(?<name>{Names})["']?\s*[:=]\s*["']?)(?<value>(?<=")(?:\\.|[^"\\])+|[^"'&\s,;{"{}"}\[\]<>()]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedValue();

    [GeneratedRegex("^[0-9]{1,10}$")]
    private static partial Regex EnvelopeCode();

    // W3, W4.
    [GeneratedRegex("(?<![0-9a-f-])([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{40})(?![0-9a-f-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
