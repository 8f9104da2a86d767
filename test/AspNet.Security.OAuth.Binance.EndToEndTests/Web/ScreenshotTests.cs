using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Web.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Web;

/// <summary>
/// The pictures of the README. <c>UPDATE_SCREENSHOTS=1</c> writes them to docs/images. Otherwise the test checks that they can be taken and that the
/// README contains them.
/// </summary>
public sealed class ScreenshotTests(Browser browser)
{
    [Fact]
    public async Task Readme_shows_a_picture_of_each_page_that_can_be_made_again()
    {
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = 760 }, DeviceScaleFactor = 1 });
        await using var site = SampleSite.Start();
        var page = await context.NewPageAsync();
        var pictures = new Dictionary<string, byte[]>();

        await page.GotoAsync(site.Url("/"));
        pictures["home"] = await page.ScreenshotAsync();

        await page.ClickLoginAsync();
        await page.AssertShowsConsentAsync();
        pictures["consent"] = await page.ScreenshotAsync(new() { FullPage = true });

        await page.AuthorizeAsync();
        await page.AssertShowsAsync("Welcome, you are signed in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Your profile" }).ClickAsync();
        await page.AssertShowsAsync("Your profile");
        pictures["profile"] = await page.ScreenshotAsync();

        await page.GotoAsync(site.Binance.BaseAddress.AbsoluteUri);
        pictures["emulator"] = await page.ScreenshotAsync(new() { FullPage = true });

        var root = Repository.Root;
        var readme = await File.ReadAllTextAsync(Path.Combine(root, "README.md"), TestContext.Current.CancellationToken);
        Assert.All(pictures, picture =>
        {
            var file = Path.Combine(root, "docs", "images", picture.Key + ".png");
            if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1")
            {
                File.WriteAllBytes(file, picture.Value);
            }

            Assert.Contains($"(docs/images/{picture.Key}.png)", readme, StringComparison.Ordinal);
            Assert.True(File.Exists(file), $"{file} is missing. UPDATE_SCREENSHOTS=1 makes it.");
            Assert.InRange(picture.Value.Length, 5_000, 1_000_000);
        });
    }
}
