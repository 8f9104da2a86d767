using System.Net;


namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The cache of the sample's sessions is unavailable.
/// </summary>
public sealed class SampleOutageTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/profile")]
    [InlineData("/no-such-page")]
    [InlineData("/account/logout", true)]
    [InlineData("/sessions/end-all", true)]
    public async Task User_gets_a_page_that_says_to_try_again_and_stays_signed_in(string path, bool post = false)
    {
        var cache = new SharedStore(TimeProvider.System);
        await using var sample = new SampleFactory { KeepsSessionsOnServer = true, Cache = cache };
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();
        var token = await visitor.AntiforgeryTokenAsync();
        cache.InsteadOfRead = cache.InsteadOfWrite = () => throw new IOException("The cache is unavailable.");

        using var response = await (post ? visitor.PostAsync(path, token) : visitor.GetAsync(path));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("You are still signed in", page, StringComparison.Ordinal);
        Assert.Contains("<a class=\"button\" href=\"\">Try again</a>", page, StringComparison.Ordinal);

        cache.InsteadOfRead = cache.InsteadOfWrite = null;
        Assert.Contains("Your profile", await visitor.GetTextAsync("/profile"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_visitor_is_served_during_the_outage()
    {
        var cache = new SharedStore(TimeProvider.System)
        {
            InsteadOfRead = () => throw new IOException("The cache is unavailable."),
            InsteadOfWrite = () => throw new IOException("The cache is unavailable."),
        };
        await using var sample = new SampleFactory { KeepsSessionsOnServer = true, Cache = cache };
        using var visitor = new SampleVisitor(sample);

        using var home = await visitor.GetAsync("/");
        using var refused = await visitor.SignInAsync("/profile");

        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        Assert.Equal("/account/failed?failure=unavailable&returnUrl=%2Fprofile", refused.Headers.Location?.OriginalString);
        Assert.Contains("Try again", await visitor.GetTextAsync(refused.Headers.Location!.OriginalString), StringComparison.Ordinal);
    }
}
