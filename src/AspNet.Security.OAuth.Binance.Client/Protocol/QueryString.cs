namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The parameters of a query (application/x-www-form-urlencoded, as browsers send it).
/// </summary>
internal static class QueryString
{
    /// <summary>Reads the parameters in their order; one without a value has <see langword="null"/>.</summary>
    public static IEnumerable<(string Name, string? Value)> Read(string? query)
    {
        var parameters = query is ['?', ..] ? query[1..] : query ?? string.Empty;
        foreach (var parameter in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? string.Empty : Decode(parameter[(equals + 1)..]);
            yield return (Decode(equals < 0 ? parameter : parameter[..equals]), value.Length == 0 ? null : value);
        }
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
