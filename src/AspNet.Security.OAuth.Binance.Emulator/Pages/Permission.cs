namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>What a scope means, in plain words. The names are W9's; the words are ours, because Binance documents none.</summary>
/// <param name="Scope">The scope as it was requested.</param>
/// <param name="Words">What it lets the application do.</param>
/// <param name="IsPowerful">Whether it does more than look.</param>
internal sealed record Permission(string Scope, string Words, bool IsPowerful = false)
{
    private static readonly Dictionary<string, Permission> _known = new Permission[]
    {
        new("user:openId", "Recognise you by your user id"),
        new("user:email", "See your e-mail address"),
        new("user:name", "See your name"),
        new("user:address", "See your postal address"),
        new("user:mobile", "See your phone number"),
        new("user:kyc", "See your identity verification"),
        new("user:status", "See your account status"),
        new("user:pay", "Pay with Binance Pay", IsPowerful: true),
        new("asset:balance", "See your balances"),
        new("asset:ocbs", "Buy and sell for you", IsPowerful: true),
        new("create:apikey", "Create API keys for you", IsPowerful: true),
    }.ToDictionary(permission => permission.Scope, StringComparer.Ordinal);

    public static Permission For(string scope) => _known.GetValueOrDefault(scope) ?? new Permission(scope, scope);
}
