using System.Net;
using System.Net.Http.Headers;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>What a browser needs to let a page's script call the emulator across origins (Fetch standard, CORS).</summary>
public sealed class AllowedOriginsTests : EmulatorTest
{
    private const string Origin = "https://app.example";

    // Each endpoint with its method, and the request header that a script may send.
    public static TheoryData<string, string, string> Endpoints => new()
    {
        { "/oauth/token", "POST", "content-type" },
        { "/oauth-api/v1/user-info", "GET", "authorization" },
        { "/oauth-api/v1/revoke-token", "POST", "authorization" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_preflight_of_an_allowed_origin_names_the_endpoints_method_and_header(string path, string method, string header)
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
    [MemberData(nameof(Endpoints))]
    public async Task Without_allowed_origins_every_origin_is_refused_and_no_response_has_a_header(string path, string method, string header)
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
    public async Task An_allowed_origin_can_read_faults_and_what_the_guard_says()
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
    public async Task Another_origin_is_refused_and_gets_no_header(string origin)
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
    public async Task A_request_without_an_origin_is_a_programs_and_is_handled()
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
    public async Task A_refused_origin_uses_up_no_fault_and_learns_from_the_response_what_would_allow_it()
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
    public async Task Pages_and_their_files_are_no_scripts_to_read(string path)
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
    public async Task Origins_can_be_added_and_removed_while_it_runs()
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
    public async Task A_preflight_is_no_request_to_the_endpoint_for_the_journal_faults_and_holds()
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
    public async Task A_preflight_meets_the_faults_of_pages()
    {
        Emulator.Options.AllowedOrigins.Add(Origin);
        Emulator.Faults.Next(EmulatorEndpoint.Page, EmulatorFault.Status(502));

        using var response = await PreflightAsync(Visitor.Http, "/oauth/token", "POST", "content-type", Origin);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
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

    [Fact]
    public async Task It_holds_inside_an_application_that_uses_no_cors()
    {
        await using var application = await StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.Response.Headers.Vary = "Accept-Encoding";
                return next(context);
            });
            app.MapGroup("/binance").MapBinanceEmulator();
        });
        using var http = application.GetTestClient();

        using var preflight = await PreflightAsync(http, "/binance/oauth-api/v1/user-info", "GET", "authorization", Origin);
        using var call = await SendAsync(http, "GET", "/binance/oauth-api/v1/user-info", Origin);
        using var status = await SendAsync(http, "GET", "/binance/emulator", Origin);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (preflight.StatusCode, call.StatusCode));
        Assert.Equal(
            ["Access-Control-Allow-Headers: authorization", "Access-Control-Allow-Methods: GET", $"Access-Control-Allow-Origin: {Origin}", "Access-Control-Max-Age: 60", "Vary: Accept-Encoding, Origin"],
            CrossOriginHeaders(preflight));
        Assert.Equal([$"Access-Control-Allow-Origin: {Origin}", "Vary: Accept-Encoding, Origin"], CrossOriginHeaders(call));
        Assert.Equal(["Vary: Accept-Encoding"], CrossOriginHeaders(status));
    }

    [Fact]
    public async Task It_holds_beside_the_named_cors_policies_of_an_application()
    {
        await using var application = await StartAsync(
            app =>
            {
                app.UseCors();
                app.MapBinanceEmulator();
                app.MapGet("/api", () => "api").RequireCors("api").AllowAnonymous();
            },
            services => services.AddCors(options => options.AddPolicy("api", policy => policy.WithOrigins("https://other.example").AllowCredentials())));
        using var http = application.GetTestClient();

        using var preflight = await PreflightAsync(http, "/oauth/token", "POST", "content-type", Origin);
        using var other = await SendAsync(http, "POST", "/oauth/token", "https://other.example");
        using var api = await SendAsync(http, "GET", "/api", "https://other.example");

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        AssertReadable(preflight);
        Assert.Empty(CrossOriginHeaders(other));
        Assert.True(api.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task A_default_cors_policy_of_an_application_answers_the_preflights_of_its_endpoints()
    {
        await using var application = await StartAsync(
            app =>
            {
                app.UseCors();
                app.MapBinanceEmulator();
            },
            services => services.AddCors(options => options.AddDefaultPolicy(policy => policy.WithOrigins("https://other.example"))));
        using var http = application.GetTestClient();

        using var preflight = await PreflightAsync(http, "/oauth/token", "POST", "content-type", Origin);
        using var call = await SendAsync(http, "POST", "/oauth/token", Origin);

        Assert.Empty(CrossOriginHeaders(preflight));
        AssertReadable(call);
    }

    [Theory]
    [InlineData("https://app.example/", "https://app.example")]
    [InlineData("https://app.example/callback", "https://app.example")]
    [InlineData("https://app.example?", "https://app.example")]
    [InlineData("https://app.example?a=b", "https://app.example")]
    [InlineData("https://app.example#", "https://app.example")]
    [InlineData("https://user@app.example", "https://app.example")]
    [InlineData("https://@app.example", "https://app.example")]
    [InlineData("https://app.example:443", "https://app.example")]
    [InlineData("http://localhost:80", "http://localhost")]
    [InlineData("http://localhost:", "http://localhost")]
    [InlineData("http://localhost:05300", "http://localhost:5300")]
    [InlineData("https://APP.example", "https://app.example")]
    [InlineData("HTTPS://app.example", "https://app.example")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("http://127.1:5300", "http://127.0.0.1:5300")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:5300", "http://[::1]:5300")]
    [InlineData(" https://app.example", "https://app.example")]
    [InlineData("https:/app.example", null)]
    [InlineData("https:app.example", null)]
    [InlineData("https://app.example:65536", null)]
    [InlineData("https://*.app.example", null)]
    [InlineData("https://*", null)]
    [InlineData("https://", null)]
    [InlineData("app.example", null)]
    [InlineData("localhost:5300", null)]
    [InlineData("//app.example", null)]
    [InlineData("file:///", null)]
    [InlineData("ws://app.example", null)]
    [InlineData("com.example.app://callback", null)]
    [InlineData("*", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    public void What_no_browser_sends_as_an_origin_is_refused_with_a_word_on_what_one_is(string entry, string? meant)
    {
        var exception = Assert.Throws<ArgumentException>(() => Emulator.Options.AllowedOrigins.Add(entry));

        Assert.StartsWith($"'{entry}' is not an origin. An origin is http:// or https://, a host ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(meant is not null, exception.Message.Contains($" Is it {meant}?", StringComparison.Ordinal));
        Assert.Equal(meant is not null, exception.Message.Contains(" Is it ", StringComparison.Ordinal));
        Assert.Empty(Emulator.Options.AllowedOrigins);
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
    public async Task What_a_browser_sends_as_an_origin_can_be_allowed(string origin)
    {
        Emulator.Options.AllowedOrigins.Add(origin);

        using var response = await SendAsync(Visitor.Http, "GET", "/oauth-api/v1/user-info", origin);

        Assert.Equal([origin], response.Headers.GetValues("Access-Control-Allow-Origin"));
    }

    [Fact]
    public void Origins_are_a_set()
    {
        var origins = Emulator.Options.AllowedOrigins;
        origins.Add(Origin);
        origins.Add("http://localhost:5300");
        origins.Add(Origin);

        Assert.Equal([Origin, "http://localhost:5300"], origins);
        Assert.True(origins.Remove(Origin));
        Assert.False(origins.Remove(Origin));
        Assert.Equal(["http://localhost:5300"], origins);
        Assert.Throws<ArgumentNullException>(() => origins.Add(null!));
    }

    // No thread loses what it has added, whatever the others add and remove meanwhile.
    [Fact]
    public void Many_threads_can_change_the_origins()
    {
        var origins = Emulator.Options.AllowedOrigins;
        using var start = new Barrier(4);
        var lost = 0;
        Thread[] threads = [.. Enumerable.Range(5300, start.ParticipantCount).Select(port => new Thread(() =>
        {
            var origin = $"http://localhost:{port}";
            start.SignalAndWait();
            for (var i = 0; i < 50_000; i++)
            {
                origins.Add(origin);
                if (!origins.Contains(origin) || !origins.Remove(origin))
                {
                    Interlocked.Increment(ref lost);
                }
            }
        }))];

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(0, lost);
        Assert.Empty(origins);
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

    private static void AssertReadable(HttpResponseMessage response)
    {
        Assert.Equal([Origin], response.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["Origin"], response.Headers.Vary);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    private static IEnumerable<string> CrossOriginHeaders(HttpResponseMessage response) => response.Headers
        .Where(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) || header.Key == "Vary")
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
        .Order(StringComparer.Ordinal);

    private static async Task<HttpResponseMessage> PreflightAsync(HttpClient http, string path, string method, string header, string? origin)
    {
        using var request = Preflight(path, method, header, origin);
        return await http.SendAsync(request, Cancellation);
    }

    private static HttpRequestMessage Preflight(string path, string method, string header, string? origin)
    {
        var request = Request(HttpMethod.Options, path, origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", header);
        return request;
    }

    // The headers alone, because some responses never end.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, string? origin, string? accessToken = null, string? host = null)
    {
        using var request = Request(new HttpMethod(method), path, origin);
        request.Headers.Host = host;
        request.Headers.Authorization = accessToken is null ? null : new AuthenticationHeaderValue("Bearer", accessToken);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? origin)
    {
        var request = new HttpRequestMessage(method, path);
        if (origin is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Origin", origin));
        }

        return request;
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddBinanceEmulator(options => options.AllowedOrigins.Add(Origin));
        builder.Services.AddAuthentication("cookie").AddCookie("cookie");
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services?.Invoke(builder.Services);
        var application = builder.Build();
        map(application);
        await application.StartAsync(Cancellation);
        return application;
    }
}
