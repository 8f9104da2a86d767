using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Web;

public sealed class RefererTests(Browser browser)
{
    [Fact]
    public async Task Code_and_state_are_in_no_Referer()
    {
        await using var context = await browser.OpenAsync();
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        ConcurrentQueue<IRequest> requests = [];
        page.Request += (_, request) => requests.Enqueue(request);

        await page.SignInAsync(site);
        await page.SignOutAsync();
        await page.AssertShowsAsync("Sign in with your Binance account");
        await page.ClickLoginAsync();
        await page.CancelAsync();
        await page.AssertShowsAsync("Sign-in cancelled");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the start page" }).ClickAsync();
        await page.AssertShowsAsync("Sign in with your Binance account");

        var binance = site.Binance.BaseAddress.GetLeftPart(UriPartial.Authority);
        Assert.Contains(requests, request => request.Url.Contains("/signin-binance?", StringComparison.Ordinal));
        foreach (var request in requests)
        {
            if (!(await request.AllHeadersAsync()).TryGetValue("referer", out var referer))
            {
                continue;
            }

            // Binance's pages send a Referer to Binance only. This site sends one to itself only, without the parameters of the callback.
            var toBinance = request.Url.StartsWith(binance, StringComparison.Ordinal);
            Assert.Equal(toBinance, referer.StartsWith(binance + "/en/", StringComparison.Ordinal));
            Assert.True(toBinance || !new Uri(referer).Query.Contains("state=", StringComparison.Ordinal), $"{request.Url} came from {referer}");
        }
    }
}
