using System.Diagnostics;
using System.Globalization;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// A site of <c>docs/examples</c> as a process, and its client.
/// </summary>
internal sealed class ExampleSite : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private ExampleSite(ChildProcess process, int port)
    {
        _process = process;
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new($"http://localhost:{port}") };
    }

    /// <summary>Starts a site, and waits until it prints its address.</summary>
    public static async Task<ExampleSite> StartAsync(BinanceEmulator binance, Func<int, ProcessStartInfo> at)
    {
        ExampleSite? site = null;
        var said = "";
        try
        {
            await LoopbackPort.StartAsync("The example", async port =>
            {
                var start = at(port);
                start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
                start.Environment["BINANCE_SERVER"] = $"http://localhost:{binance.BaseAddress.Port}";
                var process = ChildProcess.Start(start);
                site = new(process, port);
                if (await process.Lines.WaitAsync(lines => lines.Any(line => line.Contains($"localhost:{port}", StringComparison.Ordinal)), TestContext.Current.CancellationToken))
                {
                    return true;
                }

                said = string.Join('\n', process.Lines.All);
                await site.DisposeAsync();
                return false;
            });
        }
        catch (Exception exception) when (said.Length > 0)
        {
            throw new InvalidOperationException(said, exception);
        }

        return site!;
    }

    /// <summary>Requests the login, and follows the redirects of the site and the emulator.</summary>
    /// <param name="choice">A parameter for the authorize URL: the decision of the user.</param>
    public async Task<Page> SignInAsync(string choice)
    {
        var page = await GetAsync("/login", cookie: null);
        var callback = await GetAsync($"{page.Location}&{choice}", cookie: null);
        Assert.Equal(HttpStatusCode.Found, callback.Status);
        return await GetAsync(callback.Location, page.Cookie);
    }

    public Task<Page> GetAsync(string address, string? cookie) => SendAsync(HttpMethod.Get, address, cookie);

    public async Task<Page> SendAsync(HttpMethod method, string address, string? cookie)
    {
        using var request = new HttpRequestMessage(method, address);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var set = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Last().Split(';')[0] : cookie;
        return new(response.StatusCode, response.Headers.Location?.OriginalString ?? "", set, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    /// <summary>A response, and the cookie of the browser after it.</summary>
    internal sealed record Page(HttpStatusCode Status, string Location, string? Cookie, string Body);
}
