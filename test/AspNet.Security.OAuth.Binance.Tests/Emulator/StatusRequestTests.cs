using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The requests on the status page: groups, rows and outcomes.</summary>
public sealed partial class StatusRequestTests : EmulatorTest
{
    [Fact]
    public async Task Equal_consecutive_requests_are_one_row_with_their_number()
    {
        var (accessToken, _) = await Visitor.SignInAsync();
        await CallAsync(accessToken, 40);

        Assert.Equal(["Authorize", "Token for a code", "User info, 40 times"], Purposes(await HtmlAsync()));
    }

    [Fact]
    public async Task Requests_with_another_result_have_rows_of_their_own()
    {
        var (accessToken, _) = await Visitor.SignInAsync();
        await CallAsync(accessToken, 2);
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        await CallAsync(accessToken, 3);

        Assert.Equal(["Authorize", "Token for a code", "User info, 2 times", "User info", "User info, 2 times"], Purposes(await HtmlAsync()));
    }

    [Fact]
    public async Task A_long_sign_in_shows_its_beginning_its_refusals_and_its_faults()
    {
        var (accessToken, _) = await Visitor.SignInAsync();
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        await CallAsync(accessToken, 1);
        for (var i = 0; i < 40; i++)
        {
            await CallAsync(accessToken, 1);
            using var refused = await Visitor.ApiAsync(HttpMethod.Put, "/oauth-api/v1/user-info", accessToken);
        }

        var html = await HtmlAsync();

        Assert.Contains("10 earlier requests are not shown.", html, StringComparison.Ordinal);
        Assert.Equal(["Authorize", "Token for a code"], Purposes(html).Take(2));
        Assert.Contains("503, fault: Status 503", html, StringComparison.Ordinal);
        Assert.Equal(40, Refused().Count(html));
    }

    [Theory]
    [InlineData(20, null)]
    [InlineData(21, "1 earlier sign-in is not shown.")]
    [InlineData(23, "3 earlier sign-ins are not shown.")]
    public async Task The_page_shows_the_number_of_hidden_sign_ins(int signIns, string? words)
    {
        for (var i = 0; i < signIns; i++)
        {
            await Visitor.GetCodeAsync();
        }

        var html = await HtmlAsync();

        Assert.Equal(20, Titles(html).Count);
        Assert.Equal(words is null ? [] : [words], NotShown().Matches(html).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task Requests_without_a_sign_in_are_one_group_and_do_not_displace_sign_ins()
    {
        await Visitor.SignInAsync(("emulator_user", BinanceEmulatorDefaults.SecondUserId));
        var (accessToken, _) = await Visitor.SignInAsync();
        for (var i = 0; i < 25; i++)
        {
            await CallAsync("83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5", 1);
            await CallAsync(accessToken, 1);
        }

        var html = await HtmlAsync();

        Assert.Equal(["Test application as Account with e-mail", "Without a known sign-in", "Test application as Another account"], Titles(html));
        Assert.Contains("User info, 25 times", Purposes(html));
    }

    [Fact]
    public async Task Requests_without_a_sign_in_have_the_name_of_their_client()
    {
        using var response = await Visitor.RefreshAsync("any");

        Assert.Equal(["Test application without a known sign-in"], Titles(await HtmlAsync()));
    }

    [Fact]
    public async Task A_cancelled_sign_in_has_no_account()
    {
        using var response = await Visitor.DecideAsync(await Visitor.OpenConsentAsync(), "cancel");

        Assert.Equal(["Test application"], Titles(await HtmlAsync()));
    }

    [Fact]
    public async Task A_sign_in_without_tokens_has_the_chosen_account()
    {
        using var response = await Visitor.DecideAsync(await Visitor.OpenConsentAsync(), "authorize", BinanceEmulatorDefaults.SecondUserId);

        Assert.Equal(["Test application as Another account"], Titles(await HtmlAsync()));
    }

    [Fact]
    public async Task The_time_of_a_request_has_the_date_and_UTC()
    {
        await Visitor.GetCodeAsync();
        var time = Emulator.Requests.Single().Time.UtcDateTime;

        Assert.Contains(
            $"<time datetime=\"{time:yyyy-MM-ddTHH:mm:ss.fffZ}\">{time:yyyy-MM-dd HH:mm:ss.fff} UTC</time></p>", await HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_summary_has_an_accessible_name_with_its_request()
    {
        await Visitor.SignInAsync();

        var names = Summary().Matches(await HtmlAsync()).Select(match => Tag().Replace(match.Groups[1].Value, "")).ToList();

        Assert.Matches(@"^Sent and returned: Authorize, \d\d:\d\d:\d\d\.\d{3}$", names[0]);
        Assert.Matches(@"^Sent and returned: Token for a code, \d\d:\d\d:\d\d\.\d{3}$", names[1]);
    }

    [Fact]
    public async Task The_outcome_of_a_cut_connection_is_no_response()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.CutConnection);
        await Record.ExceptionAsync(() => Visitor.UserInfoAsync(Emulator.Tokens.Issue().AccessToken));

        var html = await HtmlAsync();

        Assert.Contains("no response, 200 decided and not sent, fault: CutConnection", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Status</dt><dd><code>none: 200 was decided and not sent</code></dd>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_outcome_of_an_authorize_request_is_the_consent_page()
    {
        await Visitor.OpenConsentAsync();

        Assert.Contains("<span class=\"outcome\">200, consent page shown</span>", await HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_ahead_by_less_than_a_second_is_shown_as_such()
    {
        Emulator.Clock.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Contains("UTC</time></b>, less than a second ahead of the system’s", await HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untrusted_names_are_isolated()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", Name = "\u202eShop", RedirectUris = [Visitor.RedirectUri] });
        var user = new EmulatorUser { Label = "\u202eMe", Email = "\u202eme@example.com" };
        Emulator.Users.Add(user);
        using var response = await Visitor.DecideAsync(await Visitor.OpenConsentAsync(("client_id", "shop")), "authorize", user.UserId);

        var html = await HtmlAsync();

        Assert.Equal(["\u202eShop as \u202eMe"], Titles(html));
        Assert.All(["\u202eShop", "\u202eMe", "\u202eme@example.com"], name => Assert.DoesNotMatch($"(?<!<bdi>){name}", html));
    }

    [Fact]
    public async Task Ids_are_unique()
    {
        using var refused = await Visitor.RefreshAsync("any");
        var (accessToken, _) = await Visitor.SignInAsync();
        await CallAsync(accessToken, 3);

        var ids = Identifier().Matches(await HtmlAsync()).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(ids.Distinct(), ids);
    }

    private async Task CallAsync(string accessToken, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await Visitor.UserInfoAsync(accessToken);
        }
    }

    private async Task<string> HtmlAsync() => WebUtility.HtmlDecode(await Visitor.Http.GetStringAsync("/emulator", Cancellation));

    private static List<string> Purposes(string html) => [.. Purpose().Matches(html).Select(match => match.Groups[1].Value)];

    private static List<string> Titles(string html) => [.. Title().Matches(html).Select(match => Tag().Replace(match.Groups[1].Value, ""))];

    [GeneratedRegex("<p class=\"line\"[^>]*><b>([^<]*)</b>")]
    private static partial Regex Purpose();

    [GeneratedRegex("<h3 id=\"[^\"]*-title\">(.*?)</h3>")]
    private static partial Regex Title();

    [GeneratedRegex("<summary id=\"request-[^\"]*\">(.*?)</summary>")]
    private static partial Regex Summary();

    [GeneratedRegex("<li class=\"refused\"")]
    private static partial Regex Refused();

    [GeneratedRegex("<p class=\"quiet\" id=\"earlier-sign-ins\">([^<]*)</p>")]
    private static partial Regex NotShown();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Identifier();
}
