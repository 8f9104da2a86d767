using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests;

public sealed class RefererTests(Browser browser)
{
    [Fact]
    public async Task A_browser_tells_nobody_the_address_with_the_code_and_the_state()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        ConcurrentQueue<IRequest> requests = [];
        page.Request += (_, request) => requests.Enqueue(request);

        await page.SignInAsync(site);
        await page.SignOutAsync();
        await page.ShowsAsync("Sign in with your Binance account");
        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.ShowsAsync("Sign-in cancelled");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the start page" }).ClickAsync();
        await page.ShowsAsync("Sign in with your Binance account");

        var binance = site.Binance.BaseAddress.GetLeftPart(UriPartial.Authority);
        Assert.Contains(requests, request => request.Url.Contains("/signin-binance?", StringComparison.Ordinal));
        foreach (var request in requests)
        {
            if (!(await request.AllHeadersAsync()).TryGetValue("referer", out var referer))
            {
                continue;
            }

            // Binance's own pages may tell Binance; this site tells nobody else anything, and itself no more than a path of its own.
            var toBinance = request.Url.StartsWith(binance, StringComparison.Ordinal);
            Assert.Equal(toBinance, referer.StartsWith(binance + "/en/", StringComparison.Ordinal));
            Assert.True(toBinance || !new Uri(referer).Query.Contains("state=", StringComparison.Ordinal), $"{request.Url} came from {referer}");
        }
    }
}
