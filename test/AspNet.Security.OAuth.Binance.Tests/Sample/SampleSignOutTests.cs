using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sign-out on a page whose session has ended in the meantime, such as that of a second tab.
/// </summary>
public sealed class SampleSignOutTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_in_a_second_tab_goes_home(bool onServer)
    {
        await using var sample = new SampleFactory { KeepsSessionsOnServer = onServer };
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();
        var secondTab = await visitor.AntiforgeryTokenAsync();
        using var inFirstTab = await visitor.SignOutAsync();

        using var inSecondTab = await visitor.PostAsync("/account/logout", secondTab);

        Assert.Equal(HttpStatusCode.Redirect, inSecondTab.StatusCode);
        Assert.Equal("/", inSecondTab.Headers.Location?.OriginalString);
        Assert.Equal(1, sample.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task Sign_out_in_a_second_tab_goes_home_when_the_session_was_ended_in_another_browser()
    {
        await using var sample = new SampleFactory { KeepsSessionsOnServer = true };
        using var here = new SampleVisitor(sample);
        using var there = new SampleVisitor(sample);
        using var signedInHere = await here.SignInAsync();
        using var signedInThere = await there.SignInAsync();
        var token = await there.AntiforgeryTokenAsync();
        using var everywhere = await here.PostAsync("/sessions/end-all", await here.AntiforgeryTokenAsync());

        using var response = await there.PostAsync("/account/logout", token);

        Assert.Equal("/", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Sign_out_in_the_tab_of_an_earlier_user_does_not_end_the_session_of_the_next_one()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();
        var earlier = await visitor.AntiforgeryTokenAsync();
        using var signedOut = await visitor.SignOutAsync();
        var next = sample.Binance.Users.Last().UserId;
        using var signedInAgain = await visitor.SignInAsync(userId: next);

        using var response = await visitor.PostAsync("/account/logout", earlier);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(next, await visitor.GetTextAsync("/api/me"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_sign_out_without_a_session_changes_nothing()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);

        using var response = await visitor.PostAsync("/account/logout");

        Assert.Equal("/", response.Headers.Location?.OriginalString);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }
}
