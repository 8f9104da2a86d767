using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using static AspNet.Security.OAuth.Binance.Tests.Emulator.CrossOriginRequests;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The responses that let a page's script call the emulator across origins (Fetch standard, CORS).</summary>
public sealed class AllowedOriginsTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(Endpoints), MemberType = typeof(CrossOriginRequests))]
    public async Task Without_allowed_origins_every_origin_is_refused_without_CORS_headers(string path, string method, string header)
    {
        using var preflight = await PreflightAsync(Visitor.Http, path, method, header, Origin);
        using var call = await SendAsync(Visitor.Http, method, path, Origin);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (preflight.StatusCode, call.StatusCode));
        Assert.Empty(CrossOriginHeaders(preflight));
        Assert.Empty(CrossOriginHeaders(call));
    }

    [Theory]
    [InlineData("POST", "/oauth/token", 401)]
    [InlineData("GET", "/oauth-api/v1/user-info", 401)]
    [InlineData("POST", "/oauth-api/v1/revoke-token", 401)]
    [InlineData("PUT", "/oauth/token", 405)]
    [InlineData("OPTIONS", "/oauth-api/v1/user-info", 405)]
    [InlineData("DELETE", "/oauth-api/v1/revoke-token", 405)]
    [InlineData("POST", "/OAuth/Token", 404)]
    public async Task An_allowed_origin_can_read_every_error(string method, string path, int status)
    {
        Emulator.Options.AllowedOrigins.Add(Origin);

        using var response = await SendAsync(Visitor.Http, method, path, Origin);

        Assert.Equal(status, (int)response.StatusCode);
        AssertReadable(response);
    }

    [Fact]
    public async Task An_allowed_origin_can_read_faults_and_refusals_of_the_guard()
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        EmulatorFault[] faults =
        [
            EmulatorFault.Status(503), EmulatorFault.ApiError("117041", "Quote expired"), EmulatorFault.Redirect(new Uri("https://elsewhere.example")),
            EmulatorFault.HalfBody, EmulatorFault.EndlessBody, EmulatorFault.Drip(TimeSpan.FromHours(1)),
        ];
        foreach (var fault in faults)
        {
            Emulator.Faults.Next(EmulatorEndpoint.UserInfo, fault);

            using var response = await SendAsync(Visitor.Http, "GET", "/oauth-api/v1/user-info", Origin);

            Assert.Equal(fault.ToString(), Emulator.Requests.Last().Fault);
            AssertReadable(response);
        }

        using var refused = await SendAsync(Visitor.Http, "GET", "/oauth-api/v1/user-info", Origin, host: "emulator.example");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        AssertReadable(refused);
    }

    [Theory]
    [InlineData("http://app.example")]
    [InlineData("https://app.example:443")]
    [InlineData("https://app.example:8443")]
    [InlineData("https://APP.example")]
    [InlineData("https://app.example/")]
    [InlineData("https://app.example.attacker.example")]
    [InlineData("https://sub.app.example")]
    [InlineData("https://app.example, https://app.example")]
    [InlineData("https://app.example https://attacker.example")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("")]
    public async Task Another_origin_is_refused_without_CORS_headers(string origin)
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        var issued = Emulator.Tokens.Issue();

        using var preflight = await PreflightAsync(Visitor.Http, "/oauth-api/v1/revoke-token", "POST", "authorization", origin);
        using var call = await SendAsync(Visitor.Http, "POST", "/oauth-api/v1/revoke-token", origin, issued.AccessToken);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (preflight.StatusCode, call.StatusCode));
        Assert.True(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.Empty(CrossOriginHeaders(preflight));
        Assert.Empty(CrossOriginHeaders(call));
    }

    [Fact]
    public async Task A_request_without_an_origin_is_handled()
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        var issued = Emulator.Tokens.Issue();

        using var preflight = await PreflightAsync(Visitor.Http, "/oauth-api/v1/revoke-token", "POST", "authorization", origin: null);
        using var call = await SendAsync(Visitor.Http, "POST", "/oauth-api/v1/revoke-token", origin: null, issued.AccessToken);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.OK), (preflight.StatusCode, call.StatusCode));
        Assert.Empty(CrossOriginHeaders(preflight));
        Assert.Empty(CrossOriginHeaders(call));
    }

    [Fact]
    public async Task A_refused_origin_uses_up_no_fault_and_the_response_names_the_option()
    {
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var response = await SendAsync(Visitor.Http, "POST", "/oauth/token", Origin);

        Assert.Equal(1, Emulator.Faults.PendingCount);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("AllowedOrigins", text, StringComparison.Ordinal);
        Assert.Contains("--allow-origin", text, StringComparison.Ordinal);
        var request = Assert.Single(Emulator.Requests);
        Assert.Equal((EmulatorEndpoint.Token, 403, text), (request.Endpoint, request.Status, request.ResponseBody));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/emulator")]
    [InlineData("/emulator.css")]
    [InlineData("/emulator.svg")]
    [InlineData("/nothing")]
    [InlineData("/oauth/authorize")]
    [InlineData("authorize")]
    public async Task Pages_and_their_files_have_no_CORS_headers(string path)
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        var url = path == "authorize" ? Visitor.AuthorizeUrl() : path;

        using var preflight = await PreflightAsync(Visitor.Http, url, "GET", "authorization", Origin);
        using var call = await SendAsync(Visitor.Http, "GET", url, Origin);

        Assert.InRange((int)preflight.StatusCode, 400, 499);
        Assert.Empty(CrossOriginHeaders(preflight));
        Assert.Empty(CrossOriginHeaders(call));
    }

    [Fact]
    public async Task Origins_can_be_added_and_removed_while_the_emulator_runs()
    {
        var readable = new List<bool>();

        await CallAsync();
        Emulator.Options.AllowedOrigins.Add(Origin);
        await CallAsync();
        Emulator.Options.AllowedOrigins.Remove(Origin);
        await CallAsync();
        Emulator.Options.AllowedOrigins.Add(Origin);
        await CallAsync();
        Emulator.Options.AllowedOrigins.Clear();
        await CallAsync();

        Assert.Equal([false, true, false, true, false], readable);

        async Task CallAsync()
        {
            using var response = await SendAsync(Visitor.Http, "GET", "/oauth-api/v1/user-info", Origin);
            readable.Add(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_page_signs_in_as_the_preset_public_client_and_reads_every_response()
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        (string Name, string? Value)[] client = [("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null)];
        var code = await Visitor.GetCodeAsync(client[0]);
        Visitor.Http.DefaultRequestHeaders.Add("Origin", Origin);

        using var redeemed = await Visitor.RedeemAsync(code, client);
        using var refreshed = await Visitor.RefreshAsync((await Visitor.TokensAsync(redeemed)).RefreshToken, client);
        var (accessToken, _) = await Visitor.TokensAsync(refreshed);
        using var user = await Visitor.UserInfoAsync(accessToken);
        using var revoked = await Visitor.RevokeAsync(accessToken);

        Assert.All([redeemed, refreshed, user, revoked], response =>
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            AssertReadable(response);
        });
    }

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("https://app.example:8443")]
    [InlineData("http://app.example:443")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:5300")]
    [InlineData("http://127.0.0.1:5300")]
    [InlineData("http://[::1]:5300")]
    [InlineData("https://xn--bcher-kva.example")]
    public async Task An_origin_in_the_form_of_browsers_can_be_allowed(string origin)
    {
        Emulator.Options.AllowedOrigins.Add(origin);

        using var response = await SendAsync(Visitor.Http, "GET", "/oauth-api/v1/user-info", origin);

        Assert.Equal([origin], response.Headers.GetValues("Access-Control-Allow-Origin"));
    }
}
