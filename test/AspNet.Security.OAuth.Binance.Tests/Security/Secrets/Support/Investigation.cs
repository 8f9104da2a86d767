using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// The secrets of a site's life, the evidence of it, and which of the ones are found in the other.
/// </summary>
internal sealed class Investigation : IDisposable
{
    private readonly Eavesdropper _eavesdropper;

    public Investigation() => _eavesdropper = new Eavesdropper(Evidence);

    public Evidence Evidence { get; } = new();

    /// <summary>The secrets besides those that the emulator's journal has.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>Ends it, and says which secret is where.</summary>
    public IReadOnlyList<string> Conclude(BinanceEmulator binance, FakeLogCollector logs)
    {
        _eavesdropper.Dispose();
        foreach (var record in logs.GetSnapshot())
        {
            Evidence.Add(record);
        }

        return Evidence.Leaks(new SecretFinder(All(binance)));
    }

    /// <summary>Every secret, with what it is.</summary>
    public IEnumerable<KeyValuePair<string, string>> All(BinanceEmulator binance)
        => new SecretList(binance).All().Concat(Secrets)
            .Concat(binance.Users.Select(user => KeyValuePair.Create(user.UserId, "user id")))
            .Concat(binance.Users.Where(user => user.Email is not null).Select(user => KeyValuePair.Create(user.Email!, "e-mail")));

    public void Dispose() => _eavesdropper.Dispose();
}
