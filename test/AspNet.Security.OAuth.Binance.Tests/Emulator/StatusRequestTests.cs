using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Which requests the status page shows, in which groups, and what it says of each.</summary>
public sealed partial class StatusRequestTests : EmulatorTest
{
    [Fact]
    public async Task Equal_calls_in_a_row_are_one_step_with_their_number()
    {
        var (accessToken, _) = await Visitor.SignInAsync();
        await CallAsync(accessToken, 40);

        Assert.Equal(["Authorize", "Token for a code", "User info, 40 times"], Purposes(await HtmlAsync()));
    }

    [Fact]
    public async Task Calls_with_another_result_are_steps_of_their_own()
    {
        var (accessToken, _) = await Visitor.SignInAsync();
        await CallAsync(accessToken, 2);
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        await CallAsync(accessToken, 3);

        Assert.Equal(["Authorize", "Token for a code", "User info, 2 times", "User info", "User info, 2 times"], Purposes(await HtmlAsync()));
    }

    [Fact]
    public async Task A_long_sign_in_keeps_its_beginning_its_refusals_and_its_faults()
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
    public async Task It_says_how_many_sign_ins_are_not_shown(int signIns, string? words)
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
    public async Task Requests_of_nobody_between_those_of_a_sign_in_are_one_group_and_leave_room_for_others()
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
    public async Task Requests_without_a_sign_in_have_the_name_of_the_one_client_that_sent_them()
    {
        using var response = await Visitor.RefreshAsync("any");

        Assert.Equal(["Test application without a known sign-in"], Titles(await HtmlAsync()));
    }

    [Fact]
    public async Task A_cancelled_sign_in_is_nobodys()
    {
        using var response = await Visitor.AnswerConsentAsync(await Visitor.OpenConsentAsync(), "cancel");

        Assert.Equal(["Test application"], Titles(await HtmlAsync()));
    }

    [Fact]
    public async Task A_sign_in_without_tokens_yet_has_the_account_that_was_chosen()
    {
        using var response = await Visitor.AnswerConsentAsync(await Visitor.OpenConsentAsync(), "authorize", BinanceEmulatorDefaults.SecondUserId);

        Assert.Equal(["Test application as Another account"], Titles(await HtmlAsync()));
    }

    [Fact]
    public async Task The_time_of_a_request_says_its_day_and_that_it_is_UTC()
    {
        await Visitor.GetCodeAsync();
        var time = Emulator.Requests.Single().Time.UtcDateTime;

        Assert.Contains(
            $"<time datetime=\"{time:yyyy-MM-ddTHH:mm:ss.fffZ}\">{time:yyyy-MM-dd HH:mm:ss.fff} UTC</time></p>", await HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_each_link_to_what_was_sent_says_which_request_it_is()
    {
        await Visitor.SignInAsync();

        var names = Summary().Matches(await HtmlAsync()).Select(match => Tag().Replace(match.Groups[1].Value, "")).ToList();

        Assert.Matches(@"^Sent and returned: Authorize, \d\d:\d\d:\d\d\.\d{3}$", names[0]);
        Assert.Matches(@"^Sent and returned: Token for a code, \d\d:\d\d:\d\d\.\d{3}$", names[1]);
    }

    [Fact]
    public async Task An_outcome_claims_no_response_that_nobody_got()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.CutConnection);
        await Record.ExceptionAsync(() => Visitor.UserInfoAsync(Emulator.Tokens.Issue().AccessToken));

        var html = await HtmlAsync();

        Assert.Contains("no response, 200 decided and not sent, fault: CutConnection", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Status</dt><dd><code>none: 200 was decided and not sent</code></dd>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_outcome_of_an_authorize_request_says_that_the_consent_page_was_shown()
    {
        await Visitor.OpenConsentAsync();

        Assert.Contains("<span class=\"outcome\">200, consent page shown</span>", await HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_ahead_by_less_than_a_second_is_said_to_be()
    {
        Emulator.Clock.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Contains("UTC</time></b>, less than a second ahead of the system’s", await HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_from_outside_are_isolated_from_its_own_words()
    {
        Emulator.Clients.Add(new EmulatorClient { ClientId = "shop", Name = "\u202eShop", RedirectUris = [Visitor.RedirectUri] });
        var user = new EmulatorUser { Label = "\u202eMe", Email = "\u202eme@example.com" };
        Emulator.Users.Add(user);
        using var response = await Visitor.AnswerConsentAsync(await Visitor.OpenConsentAsync(("client_id", "shop")), "authorize", user.UserId);

        var html = await HtmlAsync();

        Assert.Equal(["\u202eShop as \u202eMe"], Titles(html));
        Assert.All(["\u202eShop", "\u202eMe", "\u202eme@example.com"], name => Assert.DoesNotMatch($"(?<!<bdi>){name}", html));
    }

    [Fact]
    public async Task An_id_is_there_once()
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
