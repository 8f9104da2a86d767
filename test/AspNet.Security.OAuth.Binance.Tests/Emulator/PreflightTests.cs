using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using static AspNet.Security.OAuth.Binance.Tests.Emulator.CrossOriginRequests;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Preflights of allowed origins (Fetch standard, CORS).</summary>
public sealed class PreflightTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(Endpoints), MemberType = typeof(CrossOriginRequests))]
    public async Task A_preflight_of_an_allowed_origin_gets_the_endpoints_method_and_header(string path, string method, string header)
    {
        Emulator.Options.AllowedOrigins.Add("http://localhost:5300");
        Emulator.Options.AllowedOrigins.Add(Origin);

        using var response = await PreflightAsync(Visitor.Http, path, method, header, Origin);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(
            [
                $"Access-Control-Allow-Headers: {header}",
                $"Access-Control-Allow-Methods: {method}",
                $"Access-Control-Allow-Origin: {Origin}",
                "Access-Control-Max-Age: 60",
                "Vary: Origin",
            ],
            CrossOriginHeaders(response));
    }

    [Theory]
    [InlineData("Host", "emulator.example")]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    public async Task The_guard_refuses_a_preflight_too(string header, string value)
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        using var request = Preflight("/oauth/token", "POST", "content-type", Origin);
        request.Headers.Add(header, value);

        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Methods"));
    }

    [Fact]
    public async Task A_preflight_does_not_count_as_a_request_to_the_endpoint()
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);

        using var response = await PreflightAsync(Visitor.Http, "/oauth/token", "POST", "content-type", Origin);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal((0, 1), (Emulator.Requests.Count(EmulatorEndpoint.Token), Emulator.Faults.PendingCount));
        var request = Assert.Single(Emulator.Requests);
        Assert.Equal((EmulatorEndpoint.Page, "OPTIONS", "/oauth/token", 204), (request.Endpoint, request.Method, request.Path, request.Status));
    }

    [Fact]
    public async Task The_faults_of_pages_apply_to_a_preflight()
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        Emulator.Faults.Next(EmulatorEndpoint.Page, EmulatorFault.Status(502));

        using var response = await PreflightAsync(Visitor.Http, "/oauth/token", "POST", "content-type", Origin);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task The_status_page_shows_allowed_origins_and_preflights()
    {
        var before = await Visitor.Http.GetStringAsync("/emulator", Cancellation);
        Emulator.Options.AllowedOrigins.Add(Origin);
        using var preflight = await PreflightAsync(Visitor.Http, "/oauth/token", "POST", "content-type", Origin);

        var after = await Visitor.Http.GetStringAsync("/emulator", Cancellation);

        Assert.DoesNotContain("Allowed origins", before, StringComparison.Ordinal);
        Assert.Contains($"<dt>Allowed origins</dt><dd><code>{Origin}</code></dd>", after, StringComparison.Ordinal);
        Assert.Contains("<b>Preflight of an allowed origin</b> <code>OPTIONS /oauth/token</code>", after, StringComparison.Ordinal);
    }
}
