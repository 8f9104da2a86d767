using System.Diagnostics;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// One run of a native site: from its start through a whole login.
/// </summary>
/// <param name="FirstChallenge">The time from the start of the process to its first challenge.</param>
/// <param name="ResidentBytes">The resident memory when somebody has signed in.</param>
internal sealed record NativeRun(TimeSpan FirstChallenge, long ResidentBytes)
{
    private const string Listening = "Now listening on: ";

    /// <summary>Starts the site, signs in on the emulator, and ends the site.</summary>
    /// <exception cref="InvalidOperationException">The site did not do what it has to.</exception>
    public static async Task<NativeRun> OfAsync(NativeSite site, BinanceEmulator binance)
    {
        var home = Directory.CreateTempSubdirectory("native-site-");
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(StartOf(site, binance, home))!;
        try
        {
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = await AddressAsync(process) };
            using var challenge = await browser.GetAsync("/login");
            var firstChallenge = Stopwatch.GetElapsedTime(started);
            if (challenge.StatusCode is not HttpStatusCode.Redirect)
            {
                throw new InvalidOperationException($"{site.Login}: the challenge was answered with {challenge.StatusCode}.");
            }

            await SignInAsync(site, browser.BaseAddress, binance);
            process.Refresh();
            return new NativeRun(firstChallenge, process.WorkingSet64);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            home.Delete(recursive: true);
        }
    }

    private static async Task SignInAsync(NativeSite site, Uri address, BinanceEmulator binance)
    {
        var user = binance.Users.First();

        // Follows the redirects to the emulator and back, and keeps the cookies, as a browser does.
        using var browser = new HttpClient { BaseAddress = address };
        var page = await browser.GetStringAsync("/login");
        if (page != user.UserId)
        {
            throw new InvalidOperationException($"{site.Login}: the login ended as '{page}', not as '{user.UserId}'.");
        }

        using var signOut = await browser.PostAsync("/logout", null);
        signOut.EnsureSuccessStatusCode();
        if (await browser.GetStringAsync("/") != "nobody")
        {
            throw new InvalidOperationException($"{site.Login}: somebody is signed in after the sign-out.");
        }
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                // What follows is read, too: a full pipe would stop the site.
                _ = process.StandardOutput.ReadToEndAsync();
                return new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);
            }
        }

        throw new InvalidOperationException("The site ended before it listened.");
    }

    private static ProcessStartInfo StartOf(NativeSite site, BinanceEmulator binance, DirectoryInfo home) => new(site.File.FullName)
    {
        RedirectStandardOutput = true,
        WorkingDirectory = home.FullName,
        Environment =
        {
            ["HOME"] = home.FullName,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Server"] = binance.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["Authentication__Schemes__Binance__ClientId"] = BinanceEmulatorDefaults.ClientId,
            ["Authentication__Schemes__Binance__ClientSecret"] = BinanceEmulatorDefaults.ClientSecret,
        },
    };
}
