using AspNet.Security.OAuth.Binance;

namespace SampleNative;

/// <summary>
/// Opens the system's browser. Where there is none, as over SSH, it prints the address to open, and reads the callback from the terminal: a
/// browser on another machine cannot reach the loopback port of this one.
/// </summary>
internal sealed class TerminalBrowser(bool isHeadless) : IBinanceBrowser
{
    public async Task<Uri?> OpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
    {
        if (!isHeadless && await TryOpenAsync(request, cancellationToken) && await ReadLineAsync(cancellationToken) is null)
        {
            // No terminal to read from. The callback arrives at the redirect URI.
            return null;
        }

        Screen.Write(Text.Of($"Open this address in a browser:\n"));
        Screen.Write(request.Url.AbsoluteUri, Screen.Highlight);
        Screen.Write(Text.Of($"\nWaiting for it to return to {request.RedirectUri}\nCtrl+C cancels."));
        Screen.Write(Text.Of($"\nA browser on another machine ends there with an error. Then copy the address from its address bar, paste it here, and press Enter."));
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (Callback(line, request) is { } callback)
            {
                return callback;
            }

            Screen.Write(Text.Of($"This is not the address at which the browser ends. That one begins with\n{request.RedirectUri}?"));
        }

        return null;
    }

    private static async Task<bool> TryOpenAsync(BinanceBrowserRequest request, CancellationToken cancellationToken)
    {
        var isOpen = true;
        var browser = new SystemBrowser
        {
            WithoutBrowser = (_, _) =>
            {
                isOpen = false;
                return Task.FromResult<Uri?>(null);
            },
        };

        Screen.Write(Text.Of($"Opening your browser... Ctrl+C cancels.\nIf none opens, press Enter to see the address."));
        await browser.OpenAsync(request, cancellationToken);
        if (!isOpen)
        {
            Screen.Write(Text.Of($"No browser can be opened from here.\n"));
        }

        return isOpen;
    }

    // An invalid callback would end the sign-in. The state distinguishes this sign-in from an earlier one.
    private static Uri? Callback(string line, BinanceBrowserRequest request)
        => Uri.TryCreate(line.Trim(), UriKind.Absolute, out var uri)
            && uri.GetLeftPart(UriPartial.Path) == request.RedirectUri.GetLeftPart(UriPartial.Path)
            && StateOf(uri) == StateOf(request.Url)
                ? uri
                : null;

    private static string? StateOf(Uri uri)
    {
        try
        {
            return BinanceAuthorizationResponse.Parse(uri.Query).State;
        }
        catch (BinanceAuthenticationException)
        {
            return null;
        }
    }

    // The console has no asynchronous read. The blocked thread is abandoned when the sign-in ends, and ends with the process.
    private static Task<string?> ReadLineAsync(CancellationToken cancellationToken)
        => Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
