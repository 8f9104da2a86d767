namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>A scope on the consent page.</summary>
/// <param name="Scope">The scope as it was requested.</param>
/// <param name="Words">Its description; <see langword="null"/> for an unknown scope.</param>
/// <param name="IsPowerful">Whether it allows more than reading.</param>
internal sealed record Permission(string Scope, string? Words, bool IsPowerful)
{
    private static readonly HashSet<string> _powerful = new(
        ["user:pay", "asset:ocbs", "create:apikey", "create:apikey:margin", "create:apikey:options"],
        StringComparer.Ordinal);

    public static Permission For(string scope, PageWords words) => new(scope, words.Scopes.GetValueOrDefault(scope), _powerful.Contains(scope));
}
