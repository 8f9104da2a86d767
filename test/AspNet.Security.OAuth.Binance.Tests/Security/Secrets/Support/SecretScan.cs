using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// The secrets of a run, the texts that it wrote, and the search for the secrets in the texts.
/// </summary>
internal sealed class SecretScan : IDisposable
{
    private readonly DiagnosticsRecorder _recorder;

    public SecretScan() => _recorder = new DiagnosticsRecorder(Texts);

    public RecordedTexts Texts { get; } = new();

    /// <summary>The secrets besides those that the emulator's journal has.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>Ends the run, and returns the secrets that were found, with their places.</summary>
    public IReadOnlyList<string> Finish(BinanceEmulator binance, FakeLogCollector logs)
    {
        _recorder.Dispose();
        foreach (var record in logs.GetSnapshot())
        {
            Texts.Add(record);
        }

        return Texts.Leaks(new SecretFinder(All(binance)));
    }

    /// <summary>Every secret, with its kind.</summary>
    public IEnumerable<KeyValuePair<string, string>> All(BinanceEmulator binance)
        => new SecretList(binance).All().Concat(Secrets)
            .Concat(binance.Users.Select(user => KeyValuePair.Create(user.UserId, "user id")))
            .Concat(binance.Users.Where(user => user.Email is not null).Select(user => KeyValuePair.Create(user.Email!, "e-mail")));

    /// <summary>Starts a sign-in, and returns the callback of the emulator's decision. Its code is a secret.</summary>
    public async Task<string> ConsentAsync(SiteBrowser browser, string login, bool denies = false)
    {
        var callback = await browser.DecideAsync(await browser.ChallengeAsync(login), denies);
        if (!denies)
        {
            Secrets[SiteBrowser.CodeIn(callback)] = "code";
        }

        return callback;
    }

    public void Dispose() => _recorder.Dispose();
}
