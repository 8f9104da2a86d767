using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample as a process of its own, on a machine without ICU.
/// </summary>
public sealed partial class SampleConsoleTests
{
    // In milliseconds: the site does not end by itself.
    [Fact(Timeout = 60_000)]
    public async Task Console_shows_the_address_of_the_emulator_and_a_machine_without_ICU_gets_Turkish_pages()
    {
        var start = SampleProcess.StartOf("Development", "--urls", "http://127.0.0.1:0", "--Emulator:Port=0");
        start.RedirectStandardOutput = true;

        // The runtime fails at once if it looks for this version of ICU.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_APPLOCALICU"] = "99.9";
        using var sample = Process.Start(start)!;
        try
        {
            var site = await AddressAsync(sample, Site());
            var emulator = await AddressAsync(sample, Emulator());

            using var client = new HttpClient { DefaultRequestHeaders = { { "Accept-Language", "tr" } } };
            var page = System.Net.WebUtility.HtmlDecode(await client.GetStringAsync(site, TestContext.Current.CancellationToken));
            Assert.Contains("<html lang=\"tr\">", page, StringComparison.Ordinal);
            Assert.Contains("Binance hesabınızla giriş yapın", page, StringComparison.Ordinal);
            Assert.Contains($"href=\"{emulator}\"", page, StringComparison.Ordinal);
        }
        finally
        {
            sample.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> AddressAsync(Process process, Regex pattern)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (pattern.Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException($"The site ended without a line like {pattern}.");
    }

    [GeneratedRegex("Now listening on: (http://.+)$")]
    private static partial Regex Site();

    [GeneratedRegex("emulator of Binance: (http://.+)$")]
    private static partial Regex Emulator();
}
