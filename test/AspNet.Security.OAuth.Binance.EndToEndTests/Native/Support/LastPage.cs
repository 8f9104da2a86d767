using System.Net.Sockets;
using System.Web;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// The page on which a native sign-in ends.
/// </summary>
internal static class LastPage
{
    public const string SignedIn = "You are signed in";
    public const string Cancelled = "Sign-in cancelled";
    public const string Unavailable = "Binance cannot be reached";
    public const string SignedInInTurkish = "Giriş yaptınız";
    public const string CancelledInTurkish = "Giriş iptal edildi";

    /// <summary>Opens the address that the sample passed to the browser, which ends on the consent page.</summary>
    public static async Task<Uri> OpenAsync(this IPage page, Desktop desktop)
    {
        using var opened = await desktop.OpenedAsync();
        await page.GotoAsync(opened.Address.AbsoluteUri);
        await page.AssertShowsConsentAsync();
        return page.RedirectUri();
    }

    /// <summary>The redirect URI of the consent page's sign-in.</summary>
    public static Uri RedirectUri(this IPage page) => new(ParameterOf(page, "redirect_uri"));

    /// <summary>The state of the consent page's sign-in.</summary>
    public static string State(this IPage page) => ParameterOf(page, "state");

    /// <summary>Authorizes, or cancels, as on another machine, where nothing listens at the redirect URI: the redirect is not followed.</summary>
    /// <returns>The address in the address bar.</returns>
    public static async Task<string> FinishOnAnotherMachineAsync(this IPage page, bool authorizes)
    {
        var end = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Before the browser follows the redirect: Playwright does not route requests that follow one.
        await page.RouteAsync("**", async route =>
        {
            var response = await route.FetchAsync(new() { MaxRedirects = 0 });
            end.TrySetResult(response.Headers["location"]);
            await route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><title>This site can't be reached</title>" });
        });
        await (authorizes ? page.AuthorizeAsync() : page.CancelAsync());
        return await end.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The entries of the navigation history, with the current one.</summary>
    public static async Task<string[]> HistoryAsync(this IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var history = await session.SendAsync("Page.getNavigationHistory");
        return [.. history!.Value.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("url").GetString()!)];
    }

    /// <summary>Whether the port of a redirect URI accepts connections.</summary>
    public static bool IsOpen(Uri redirectUri)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(redirectUri.Host, redirectUri.Port);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private static string ParameterOf(IPage page, string name) => HttpUtility.ParseQueryString(new Uri(page.Url).Query)[name]!;
}
