namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The parameters of a query (application/x-www-form-urlencoded, as browsers send it). Names are compared as ASP.NET Core does, without
/// regard to case.
/// </summary>
internal static class QueryString
{
    /// <summary>Reads a parameter.</summary>
    /// <param name="query">The query, with or without the question mark.</param>
    /// <param name="name">The name.</param>
    /// <param name="isRepeated">Whether there is more than one of that name.</param>
    /// <returns>The first value, or <see langword="null"/> if there is none or if it is empty.</returns>
    public static string? Read(ReadOnlySpan<char> query, string name, out bool isRepeated)
    {
        string? value = null;
        var count = 0;
        query = query is ['?', .. var parameters] ? parameters : query;
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            if (IsNamed(equals < 0 ? parameter : parameter[..equals], name) && ++count == 1 && equals >= 0)
            {
                value = Decode(parameter[(equals + 1)..]);
            }
        }

        isRepeated = count > 1;
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static bool IsNamed(ReadOnlySpan<char> encoded, string name)
        => (encoded.Contains('%') ? Decode(encoded) : encoded).Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Decode(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.Contains('+') ? text.ToString().Replace('+', ' ') : text);
}
