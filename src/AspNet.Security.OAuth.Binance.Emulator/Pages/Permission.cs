namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>What a scope means, in plain words.</summary>
/// <param name="Scope">The scope as it was requested.</param>
/// <param name="Words">What it lets the application do; <see langword="null"/> when nobody knows.</param>
/// <param name="IsPowerful">Whether it does more than look.</param>
internal sealed record Permission(string Scope, string? Words, bool IsPowerful)
{
    private static readonly HashSet<string> _powerful = new(
        ["user:pay", "asset:ocbs", "create:apikey", "create:apikey:margin", "create:apikey:options"],
        StringComparer.Ordinal);

    public static Permission For(string scope, PageWords words) => new(scope, words.Scopes.GetValueOrDefault(scope), _powerful.Contains(scope));
}
