using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample with <c>Sessions:OnServer</c>, and what is different without it.
/// </summary>
public sealed partial class SampleServerSessionTests
{
    private const string Heading = "Where you are signed in";

    [Fact]
    public async Task Without_the_setting_the_profile_lists_no_sessions_and_nothing_ends_them()
    {
        await using var sample = new SampleFactory();
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();

        var profile = await visitor.GetTextAsync("/profile");
        var token = await visitor.AntiforgeryTokenAsync();
        using var end = await visitor.PostAsync("/sessions/end", token, ("id", "any"));
        using var endAll = await visitor.PostAsync("/sessions/end-all", token);

        Assert.DoesNotContain(Heading, profile, StringComparison.Ordinal);
        Assert.DoesNotContain("/sessions/", profile, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, end.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, endAll.StatusCode);
        Assert.True(await IsSignedInAsync(visitor));
        Assert.True(SessionCookie(signedIn).Length > 400);
    }

    [Fact]
    public async Task With_the_setting_the_cookie_is_short()
    {
        await using var sample = new SampleFactory { KeepsSessionsOnServer = true };
        using var visitor = new SampleVisitor(sample);

        using var signedIn = await visitor.SignInAsync();

        Assert.InRange(SessionCookie(signedIn).Length, 1, 400);
        Assert.True(await IsSignedInAsync(visitor));
    }

    [Fact]
    public async Task Profile_lists_the_sessions_of_the_user_and_says_which_is_this_one()
    {
        await using var devices = await TwoDevices.SignInAsync();
        var (sample, here, there) = devices;
        using var other = new SampleVisitor(sample);
        using var signedInOther = await other.SignInAsync(userId: sample.Binance.Users.Last().UserId);

        var pageHere = await here.GetTextAsync("/profile");
        var pageThere = await there.GetTextAsync("/profile");

        Assert.All([pageHere, pageThere], page =>
        {
            Assert.Contains(Heading, page, StringComparison.Ordinal);
            Assert.Equal(2, Regex.Count(page, "Since [^<]* UTC<br>"));
            Assert.Single(Regex.Matches(page, "This one"));
        });
        Assert.NotEqual(OtherSession(pageHere), OtherSession(pageThere));
        Assert.DoesNotContain("Sign out there", await other.GetTextAsync("/profile"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Button_beside_a_session_ends_that_one_and_revokes_its_token()
    {
        await using var devices = await TwoDevices.SignInAsync();
        var (sample, here, there) = devices;

        var id = OtherSession(await here.GetTextAsync("/profile"));
        using var response = await here.PostAsync("/sessions/end", await here.AntiforgeryTokenAsync(), ("id", id));

        Assert.Equal("/profile", response.Headers.Location?.OriginalString);
        Assert.False(await IsSignedInAsync(there));
        Assert.True(await IsSignedInAsync(here));
        Assert.DoesNotContain("Sign out there", await here.GetTextAsync("/profile"), StringComparison.Ordinal);
        Assert.Single(sample.Binance.Tokens.AccessTokens, token => sample.Binance.Tokens.IsLive(token.Value));
    }

    [Fact]
    public async Task The_id_of_another_user_s_session_ends_no_session()
    {
        await using var devices = await TwoDevices.SignInAsync();
        var (sample, here, there) = devices;
        using var other = new SampleVisitor(sample);
        using var signedInOther = await other.SignInAsync(userId: sample.Binance.Users.Last().UserId);

        var id = OtherSession(await here.GetTextAsync("/profile"));
        using var response = await other.PostAsync("/sessions/end", await other.AntiforgeryTokenAsync(), ("id", id));

        Assert.Equal("/profile", response.Headers.Location?.OriginalString);
        Assert.True(await IsSignedInAsync(there));
        Assert.Equal(0, sample.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task Sign_out_everywhere_ends_all_sessions_and_revokes_each_token_once()
    {
        await using var devices = await TwoDevices.SignInAsync();
        var (sample, here, there) = devices;

        using var response = await here.PostAsync("/sessions/end-all", await here.AntiforgeryTokenAsync());

        Assert.Equal("/", response.Headers.Location?.OriginalString);
        Assert.Equal("SampleWeb=", SessionCookie(response));
        Assert.False(await IsSignedInAsync(here));
        Assert.False(await IsSignedInAsync(there));
        Assert.DoesNotContain(sample.Binance.Tokens.AccessTokens, token => sample.Binance.Tokens.IsLive(token.Value));
        Assert.Equal(2, sample.Binance.Requests.Count(EmulatorEndpoint.Revoke));
    }

    [Fact]
    public async Task Buttons_need_a_post_with_the_antiforgery_token()
    {
        await using var devices = await TwoDevices.SignInAsync();
        var (sample, here, there) = devices;
        var id = OtherSession(await here.GetTextAsync("/profile"));

        using var endByGet = await here.GetAsync($"/sessions/end?id={id}");
        using var endAllByGet = await here.GetAsync("/sessions/end-all");
        using var end = await here.PostAsync("/sessions/end", null, ("id", id));
        using var endAll = await here.PostAsync("/sessions/end-all");

        Assert.All([endByGet, endAllByGet], response => Assert.InRange((int)response.StatusCode, 400, 499));
        Assert.All([end, endAll], response => Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode));
        Assert.True(await IsSignedInAsync(here));
        Assert.True(await IsSignedInAsync(there));
    }

    [Theory]
    [InlineData("/sessions/end")]
    [InlineData("/sessions/end-all")]
    public async Task Button_on_a_page_of_a_session_that_has_ended_leads_to_a_page_that_says_so(string action)
    {
        await using var devices = await TwoDevices.SignInAsync();
        var (sample, here, there) = devices;
        var id = OtherSession(await there.GetTextAsync("/profile"));
        var token = await there.AntiforgeryTokenAsync();
        using var everywhere = await here.PostAsync("/sessions/end-all", await here.AntiforgeryTokenAsync());

        using var response = await there.PostAsync(action, token, ("id", id));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("out of date", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<bool> IsSignedInAsync(SampleVisitor visitor)
    {
        using var response = await visitor.GetAsync("/api/me");
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"{response.StatusCode}");
        return response.StatusCode is HttpStatusCode.OK;
    }

    // With its name.
    private static string SessionCookie(HttpResponseMessage response)
        => Assert.Single(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("SampleWeb=", StringComparison.Ordinal)).Split(';')[0];

    /// <summary>The id in the one form that ends a session.</summary>
    private static string OtherSession(string profile) => Assert.Single(SessionId().Matches(profile)).Groups[1].Value;

    /// <summary>One user who is signed in on two devices.</summary>
    private sealed class TwoDevices : IAsyncDisposable
    {
        private readonly SampleFactory _sample = new() { KeepsSessionsOnServer = true };
        private readonly SampleVisitor _here;
        private readonly SampleVisitor _there;

        private TwoDevices() => (_here, _there) = (new(_sample), new(_sample));

        public static async Task<TwoDevices> SignInAsync()
        {
            var devices = new TwoDevices();
            using var here = await devices._here.SignInAsync();
            using var there = await devices._there.SignInAsync();
            return devices;
        }

        public void Deconstruct(out SampleFactory sample, out SampleVisitor here, out SampleVisitor there)
            => (sample, here, there) = (_sample, _here, _there);

        public async ValueTask DisposeAsync()
        {
            _here.Dispose();
            _there.Dispose();
            await _sample.DisposeAsync();
        }
    }

    [GeneratedRegex("name=\"id\" value=\"([^\"]+)\"")]
    private static partial Regex SessionId();
}
