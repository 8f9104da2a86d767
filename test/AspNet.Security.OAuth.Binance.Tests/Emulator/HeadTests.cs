using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>HEAD is accepted where GET is, with the same status and headers (RFC 9110 section 9.3.2).</summary>
public sealed class HeadTests : EmulatorTest
{
    public static TheoryData<string> Addresses =>
    [
        "/", "/emulator", "/emulator.css", "/emulator.svg", "/nothing", "/oauth-api/v1/user-info", "/oauth-api/v1/user-info?access_token=x",
        "/en/oauth/authorize", Visitor.AuthorizeUrl(), Visitor.AuthorizeUrl(("emulator_decision", "deny")), Visitor.AuthorizeUrl(("response_type", null)),
    ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task HEAD_has_the_status_and_the_headers_of_GET_and_its_length(string address)
    {
        using var get = await Visitor.Http.SendAsync(HttpMethod.Get, address);
        using var head = await Visitor.Http.SendAsync(HttpMethod.Head, address);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        Assert.NotNull(head.Content.Headers.ContentLength);
        Assert.Equal(["", get.Content.Headers.ContentLength == 0 ? "" : "with a body"], Emulator.Requests.Reverse().Take(2).Select(request => request.ResponseBody is "" ? "" : "with a body"));
    }

    [Fact]
    public async Task HEAD_of_user_info_has_the_length_of_the_user()
    {
        var token = Emulator.Tokens.Issue().AccessToken;

        using var get = await Visitor.UserInfoAsync(token);
        using var head = await Visitor.ApiAsync(HttpMethod.Head, "/oauth-api/v1/user-info", token);

        Assert.Equal((HttpStatusCode.OK, get.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task HEAD_of_an_approved_request_redirects_with_a_code()
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, Visitor.AuthorizeUrl(("emulator_user", BinanceEmulatorDefaults.UserId)));

        using var redeemed = await Visitor.RedeemAsync(Visitor.RedirectParameters(response)["code"]);
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
    }

    [Theory]
    [InlineData("/oauth/token")]
    [InlineData("/oauth-api/v1/revoke-token")]
    public async Task HEAD_is_refused_where_only_POST_is_accepted(string path)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task An_in_memory_server_sends_no_body_either()
    {
        await using var application = await GuardedApplication.StartInMemoryAsync();

        var context = await application.SendAsync("HEAD", "/emulator");

        Assert.Equal(200, context.Response.StatusCode);
        Assert.InRange(context.Response.ContentLength ?? 0, 1000, 100_000);
        Assert.Equal(-1, context.Response.Body.ReadByte());
    }

    [Fact]
    public async Task HEAD_with_an_endless_body_ends()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.EndlessBody);

        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, "/oauth-api/v1/user-info");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task HEAD_with_a_drip_ends()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Drip(TimeSpan.FromHours(1)));

        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, "/oauth-api/v1/user-info");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    // The consent ids and the dates differ.
    private static IEnumerable<string> HeadersOf(HttpResponseMessage response) => response.Headers
        .Concat(response.Content.Headers)
        .Where(header => header.Key != "Date")
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
        .Order(StringComparer.Ordinal);
}
