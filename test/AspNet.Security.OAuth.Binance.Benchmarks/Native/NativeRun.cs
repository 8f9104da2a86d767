using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Native;

/// <summary>
/// One run of a native site: a sign-in and a sign-out.
/// </summary>
internal static class NativeRun
{
    private const string Listening = "Now listening on: ";

    /// <summary>Starts the site, signs in on the emulator, signs out and stops the site.</summary>
    /// <returns>The resident memory at the end, in bytes.</returns>
    /// <exception cref="InvalidOperationException">The site did not start, or the sign-in or the sign-out failed.</exception>
    public static async Task<long> ResidentBytesAsync(NativeSite site, BinanceEmulator binance)
    {
        var home = Directory.CreateTempSubdirectory("native-site-");
        using var process = Process.Start(StartOf(site, binance, home))!;
        try
        {
            await SignInAndOutAsync(site, await AddressAsync(process), binance);
            process.Refresh();
            return process.WorkingSet64;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            home.Delete(recursive: true);
        }
    }

    private static async Task SignInAndOutAsync(NativeSite site, Uri address, BinanceEmulator binance)
    {
        var user = binance.Users.First();

        // Follows redirects to the emulator and back, and keeps cookies, as a browser does.
        using var browser = new HttpClient { BaseAddress = address };
        var page = await browser.GetStringAsync("/login");
        if (page != user.UserId)
        {
            throw new InvalidOperationException($"{site.Login}: the sign-in ended as '{page}', not as '{user.UserId}'.");
        }

        using var signOut = await browser.PostAsync("/logout", null);
        signOut.EnsureSuccessStatusCode();
        if (await browser.GetStringAsync("/") != "nobody")
        {
            throw new InvalidOperationException($"{site.Login}: the user is still signed in after the sign-out.");
        }
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                // Reads the rest, too: a full pipe would block the site.
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
