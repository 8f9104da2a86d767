using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Pages of what stands in front of Binance (W8): a web application firewall, a gateway, a maintenance page. They say nothing about a
/// code, a token or a user, whatever their status is.
/// </summary>
public sealed class FirewallTests
{
    private const string Page = "<!DOCTYPE html><html><body>Please wait</body></html>";
    private const string Code = nameof(BinanceOAuthClient.ExchangeCodeAsync);
    private const string Refresh = nameof(BinanceOAuthClient.RefreshAsync);
    private const string User = nameof(BinanceOAuthClient.GetUserAsync);
    private const string Revocation = nameof(BinanceOAuthClient.RevokeAsync);

    private static readonly Dictionary<string, PageOfTheFirewall> _pages = new()
    {
        ["202 with the header and HTML"] = new(202, "text/html", Page, "challenge"),
        ["202 with the header alone"] = new(202, null, "", "challenge"),
        ["200 with the header and text"] = new(200, "text/plain", "wait", "captcha"),
        ["302 with the header"] = new(302, "text/html", Page, "challenge"),
        ["403 with the header alone"] = new(403, null, "", "block"),
        ["405 with the header and HTML"] = new(405, "text/html", Page, "captcha"),
        ["202 with HTML"] = new(202, "text/html; charset=utf-8", Page),
        ["200 with HTML"] = new(200, "TEXT/HTML", Page),
        ["400 with HTML"] = new(400, "text/html", Page),
        ["401 with HTML"] = new(401, "text/html", Page),
        ["403 with HTML"] = new(403, "text/html", Page),
        ["404 with HTML"] = new(404, "text/html", Page),
        ["405 with HTML"] = new(405, "text/html", Page),
        ["502 with HTML"] = new(502, "text/html", Page),
        ["200 with HTML and no content type"] = new(200, null, Page),
        ["403 with HTML and no content type"] = new(403, null, Page),
        ["200 with HTML after white space and no content type"] = new(200, null, "\r\n  " + Page),
        ["200 with HTML that calls itself JSON"] = new(200, "application/json", Page),
        ["200 with XHTML"] = new(200, "application/xhtml+xml", "<?xml version=\"1.0\"?><html/>"),
        ["200 with a content type of HTML and text"] = new(200, "text/html", "Please wait"),
        ["200 with a content type of HTML and nothing"] = new(200, "text/html", ""),
        ["200 with a content type of HTML and a JSON array"] = new(200, "text/html", "[]"),
        ["200 with more than 64 KiB of HTML"] = new(200, "text/html", Page.PadRight(100_000)),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var page in _pages.Keys)
            {
                foreach (var call in (string[])[Code, Refresh, User, Revocation])
                {
                    rows.Add(page, call);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_page_of_the_firewall_is_unavailable(string page, string call)
    {
        using var binance = new BinanceStub();
        binance.Answer(PathOf(call), _pages[page].ToResponse());

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(binance, call));

        Assert.Equal((BinanceFailure.Unavailable, _pages[page].Status), (failure.Failure, failure.StatusCode));
        Assert.Equal((null, null, null), (failure.Error, failure.ErrorDescription, failure.BinanceCode));
        Assert.Equal(call == User ? 2 : 1, binance.Requests.Count);
    }

    [Theory]
    [InlineData(Code)]
    [InlineData(Refresh)]
    [InlineData(User)]
    [InlineData(Revocation)]
    public async Task A_documented_response_that_calls_itself_html_is_read(string call)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Answers.Tokens, contentType: "text/html");
        binance.Answer(BinanceStub.UserPath, Answers.User, contentType: "text/html; charset=utf-8");
        binance.Answer(BinanceStub.RevocationPath, Answers.Revoked, contentType: "text/html");

        await CallAsync(binance, call);

        Assert.Single(binance.Requests);
    }

    [Theory]
    [InlineData(Code, """{"error":"invalid_grant"}""", BinanceFailure.InvalidGrant)]
    [InlineData(Refresh, """{"error":"invalid_grant"}""", BinanceFailure.InvalidGrant)]
    [InlineData(User, """{"code":"117041","message":"Quote expired","data":null,"success":false}""", BinanceFailure.ApiError)]
    [InlineData(Revocation, """{"code":"117041","message":"Quote expired","data":null,"success":false}""", BinanceFailure.ApiError)]
    public async Task A_refusal_in_json_that_calls_itself_html_is_a_refusal(string call, string body, BinanceFailure expected)
    {
        using var binance = new BinanceStub();
        binance.Answer(PathOf(call), body, 400, "text/html");

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(binance, call));

        Assert.Equal(expected, failure.Failure);
    }

    [Theory]
    [InlineData(Code)]
    [InlineData(Refresh)]
    [InlineData(User)]
    [InlineData(Revocation)]
    public async Task A_redirect_without_the_header_stays_an_invalid_response(string call)
    {
        using var binance = new BinanceStub();
        binance.Answer(PathOf(call), Page, 302, "text/html");

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(binance, call));

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
    }

    [Theory]
    [InlineData(BinanceStub.TokenPath)]
    [InlineData(BinanceStub.UserPath)]
    public async Task A_sign_in_that_meets_the_firewall_ends_as_unavailable_and_sends_no_code_twice(string path)
    {
        using var binance = new BinanceStub();
        binance.Answer(path, _pages["202 with the header and HTML"].ToResponse());
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).SignInAsync("/orders");

        Assert.Equal("/failed?failure=unavailable&returnUrl=%2Forders", response.Headers.Location!.OriginalString);
        Assert.Single(binance.TokenRequests);
        Assert.DoesNotContain("Please wait", site.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_info_that_meets_the_firewall_once_is_requested_again()
    {
        using var binance = new BinanceStub();
        binance.AnswerAfter(BinanceStub.UserPath, Answers.User, _pages["202 with the header and HTML"].ToResponse());
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, binance.UserRequests.Count);
    }

    [Theory]
    [InlineData("202 with the header and HTML")]
    [InlineData("400 with HTML")]
    [InlineData("403 with the header alone")]
    public async Task A_session_goes_on_when_a_refresh_meets_the_firewall(string page)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        using var response = await browser.SignInAsync();

        site.Time.Advance(TimeSpan.FromSeconds(30714));
        binance.Answer(BinanceStub.TokenPath, _pages[page].ToResponse());
        var during = await browser.SessionAsync();
        binance.Answer(BinanceStub.TokenPath, Answers.TokensWith("access_token", "\"refreshed\""));
        site.Time.Advance(TimeSpan.FromMinutes(1));
        using var refreshing = await browser.GetAsync("/session");
        var after = await browser.SessionAsync();

        Assert.Equal((Answers.UserId, Answers.AccessToken), (during.UserId, during.Tokens["access_token"]));
        Assert.Equal((Answers.UserId, "refreshed"), (after.UserId, after.Tokens["access_token"]));
        Assert.Equal("Unavailable", Assert.Single(site.Logs, record => record.Id.Name == "RefreshFailed").GetStructuredStateValue("Failure"));
    }

    private static string PathOf(string call) => call switch
    {
        User => BinanceStub.UserPath,
        Revocation => BinanceStub.RevocationPath,
        _ => BinanceStub.TokenPath,
    };

    private static async Task CallAsync(BinanceStub binance, string call)
    {
        using var http = BinanceOAuthClient.CreateHttpClient();
        var client = new BinanceOAuthClient(http)
        {
            ClientId = TestSite.ClientId,
            ClientSecret = TestSite.ClientSecret,
            Endpoints = BinanceEndpoints.At(binance.Address),
            TimeProvider = new TestTime(),
        };
        await (call switch
        {
            Code => client.ExchangeCodeAsync("a-code", "https://site.example/signin-binance", "a-verifier", Stop),
            Refresh => client.RefreshAsync("a-refresh-token", Stop),
            User => client.GetUserAsync("an-access-token", Stop),
            _ => client.RevokeAsync("an-access-token", Stop),
        });
    }

    private sealed record PageOfTheFirewall(int Status, string? ContentType, string Body, string? Action = null)
    {
        public IResponseBuilder ToResponse()
        {
            var response = Response.Create().WithStatusCode(Status).WithBody(Body);
            response = ContentType is null ? response : response.WithHeader("Content-Type", ContentType);
            return Action is null ? response : response.WithHeader("x-amzn-waf-action", Action);
        }
    }
}
