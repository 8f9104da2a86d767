using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer;

/// <summary>
/// Pages of a web application firewall, a gateway or a maintenance server in front of Binance (W8). Whatever their status, they say nothing
/// about a code, a token or a user. Pages without the firewall's header are in <see cref="FaultMatrixTests"/>, too.
/// </summary>
public sealed class FirewallTests
{
    private const string Page = "<!DOCTYPE html><html><body>Please wait</body></html>";
    private const string Code = nameof(BinanceOAuthClient.ExchangeCodeAsync);
    private const string Refresh = nameof(BinanceOAuthClient.RefreshAsync);
    private const string User = nameof(BinanceOAuthClient.GetUserAsync);
    private const string Revocation = nameof(BinanceOAuthClient.RevokeAsync);

    private static readonly Dictionary<string, FirewallPage> _pages = new()
    {
        ["202 with the header alone"] = new(202, null, "", "challenge"),
        ["200 with the header and text"] = new(200, "text/plain", "wait", "captcha"),
        ["302 with the header"] = new(302, "text/html", Page, "challenge"),
        ["403 with the header alone"] = new(403, null, "", "block"),
        ["405 with the header and HTML"] = new(405, "text/html", Page, "captcha"),
        ["400 with HTML"] = new(400, "text/html", Page),
        ["401 with HTML"] = new(401, "text/html", Page),
        ["404 with HTML"] = new(404, "text/html", Page),
        ["405 with HTML"] = new(405, "text/html", Page),
        ["200 with HTML and no content type"] = new(200, null, Page),
        ["403 with HTML and no content type"] = new(403, null, Page),
        ["200 with HTML after white space and no content type"] = new(200, null, "\r\n  " + Page),
        ["200 with XHTML"] = new(200, "application/xhtml+xml", "<?xml version=\"1.0\"?><html/>"),
        ["200 with a content type of HTML and text"] = new(200, "text/html", "Please wait"),
        ["200 with a content type of HTML and no body"] = new(200, "text/html", ""),
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
        binance.Respond(PathOf(call), _pages[page].ToResponse());

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
    public async Task A_documented_response_with_the_content_type_of_html_is_read(string call)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Responses.Tokens, contentType: "text/html");
        binance.Respond(BinanceStub.UserPath, Responses.User, contentType: "text/html; charset=utf-8");
        binance.Respond(BinanceStub.RevocationPath, Responses.Revoked, contentType: "text/html");

        await CallAsync(binance, call);

        Assert.Single(binance.Requests);
    }

    [Theory]
    [InlineData(Code, """{"error":"invalid_grant"}""", BinanceFailure.InvalidGrant)]
    [InlineData(Refresh, """{"error":"invalid_grant"}""", BinanceFailure.InvalidGrant)]
    [InlineData(User, """{"code":"117041","message":"Quote expired","data":null,"success":false}""", BinanceFailure.ApiError)]
    [InlineData(Revocation, """{"code":"117041","message":"Quote expired","data":null,"success":false}""", BinanceFailure.ApiError)]
    public async Task An_error_in_json_with_the_content_type_of_html_is_that_error(string call, string body, BinanceFailure expected)
    {
        using var binance = new BinanceStub();
        binance.Respond(PathOf(call), body, 400, "text/html");

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(binance, call));

        Assert.Equal(expected, failure.Failure);
    }

    [Theory]
    [InlineData(Code)]
    [InlineData(Refresh)]
    [InlineData(User)]
    [InlineData(Revocation)]
    public async Task A_redirect_without_the_header_is_an_invalid_response(string call)
    {
        using var binance = new BinanceStub();
        binance.Respond(PathOf(call), Page, 302, "text/html");

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(binance, call));

        Assert.Equal(BinanceFailure.InvalidResponse, failure.Failure);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(400)]
    public async Task An_error_in_json_with_the_header_is_unavailable(int status)
    {
        using var binance = new BinanceStub();
        var page = new FirewallPage(status, "application/json", """{"error":"invalid_grant"}""", "challenge");
        binance.Respond(BinanceStub.TokenPath, page.ToResponse());

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => CallAsync(binance, Refresh));

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
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

    private sealed record FirewallPage(int Status, string? ContentType, string Body, string? Action = null)
    {
        public IResponseBuilder ToResponse()
        {
            var response = Response.Create().WithStatusCode(Status).WithBody(Body);
            response = ContentType is null ? response : response.WithHeader("Content-Type", ContentType);
            return Action is null ? response : response.WithHeader("x-amzn-waf-action", Action);
        }
    }
}
