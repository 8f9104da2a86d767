using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// The page of a failed sign-in for a user who is signed in.
/// </summary>
public sealed class FailedUserTests
{
    // The failed sign-in was a second one, for example for other permissions.
    [Theory]
    [InlineData("access_denied", "Sign-in cancelled")]
    [InlineData("unavailable", "Binance cannot be reached")]
    public async Task A_signed_in_user_sees_the_failure_and_a_link_to_continue(string failure, string heading)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var page = await browser.OpenPageAsync($"/auth/failed?failure={failure}&returnUrl=/orders", "en");
        var response = await browser.GetAsync(page.Links[0]);

        Assert.Contains(heading, page.Text, StringComparison.Ordinal);
        response.AssertRedirects("/orders");
    }

    [Fact]
    public async Task A_user_whom_that_sign_in_signed_in_sees_that_and_a_link_to_continue()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var english = await browser.OpenPageAsync("/auth/failed?failure=correlation_failed&returnUrl=/orders", "en");
        var turkish = await browser.OpenPageAsync("/auth/failed?failure=correlation_failed&returnUrl=/orders", "tr");

        Assert.Equal(HttpStatusCode.OK, english.Response.Status);
        Assert.Contains("You are signed in", english.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Try again", english.Text, StringComparison.Ordinal);
        Assert.Equal("tr", turkish.Language);
        foreach (var page in new[] { english, turkish })
        {
            page.AssertSelfContained();
            Assert.Contains("/orders", page.Links);
        }
    }

    [Theory]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task A_user_of_another_provider_in_the_same_cookie_is_not_shown_as_signed_in(SessionPlace place)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, place);
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        var page = await browser.OpenPageAsync("/auth/failed?failure=correlation_failed&returnUrl=/orders", "en");

        Assert.Contains("This sign-in is over", page.Text, StringComparison.Ordinal);
    }

    // A callback that is opened again from the history, after a sign-in that succeeded.
    [Fact]
    public async Task A_callback_that_is_opened_again_ends_on_a_page_that_says_that_the_user_is_signed_in()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/auth/login?returnUrl=/orders");
        await browser.ReturnWithCodeAsync(request);
        site.Clock.Advance(TimeSpan.FromMinutes(20));

        var page = await browser.FollowAsync(SiteBrowser.CallbackOf(request), _ => throw new InvalidOperationException("The browser is sent to Binance."));

        Assert.Contains("You are signed in", LoginPage.Of(page).Text, StringComparison.Ordinal);
        Assert.Contains("/orders", LoginPage.Of(page).Links);
    }
}
