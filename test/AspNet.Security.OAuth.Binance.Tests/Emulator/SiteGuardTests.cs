using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Cross-site requests to pages and endpoints.</summary>
public sealed class SiteGuardTests : EmulatorTest
{
    // A request that the guard lets pass is held, and has no response.
    private static readonly TimeSpan _held = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Pages => ["/", "/emulator", "/emulator.css", "/emulator.svg", "/nothing"];

    [Theory]
    [InlineData("http://shop.example.com/", HttpStatusCode.Forbidden)]
    [InlineData("http://emulator:5210/", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_cannot_use_the_control_API_without_Fetch_Metadata(string referer, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("emulator");

        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, "/emulator/api/v1/clients", "Host: emulator:5210", $"Referer: {referer}", $"X-Binance-Emulator-Key: {Emulator.Options.ControlKey}");

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(CrossSiteHeaders.Embedded), MemberType = typeof(CrossSiteHeaders))]
    public async Task Another_site_cannot_embed_pages(string how, string[] headers)
    {
        Emulator.Faults.Next(EmulatorEndpoint.Page, EmulatorFault.Status(500));
        foreach (var page in Pages)
        {
            using var response = await Visitor.Http.SendAsync(HttpMethod.Get, page, headers);
            using var head = await Visitor.Http.SendAsync(HttpMethod.Head, page, headers);

            Assert.True((response.StatusCode, head.StatusCode) == (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), $"{how} {page}");
        }

        Assert.Equal(1, Emulator.Faults.PendingCount);
    }

    [Theory]
    [MemberData(nameof(CrossSiteHeaders.Opened), MemberType = typeof(CrossSiteHeaders))]
    public async Task Pages_can_be_opened_from_any_site(string how, string[] headers)
    {
        foreach (var page in Pages)
        {
            using var response = await Visitor.Http.SendAsync(HttpMethod.Get, page, headers);

            Assert.True(response.StatusCode == (page == "/nothing" ? HttpStatusCode.NotFound : HttpStatusCode.OK), $"{how} {page}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Pages_can_load_their_own_files(string path)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, path, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: style");

        Assert.NotEqual(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(CrossSiteHeaders.ForeignForms), MemberType = typeof(CrossSiteHeaders))]
    public async Task A_form_of_another_site_is_refused_by_every_page(string how, string[] headers)
    {
        foreach (var page in Pages)
        {
            using var response = await Visitor.Http.SendAsync(HttpMethod.Post, page, headers);

            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{how} {page}");
        }
    }

    [Theory]
    [InlineData("POST", "/oauth/token", EmulatorEndpoint.Token)]
    [InlineData("GET", "/oauth-api/v1/user-info", EmulatorEndpoint.UserInfo)]
    [InlineData("POST", "/oauth-api/v1/revoke-token", EmulatorEndpoint.Revoke)]
    public async Task Another_site_reaches_no_endpoint_in_any_way(string method, string path, EmulatorEndpoint endpoint)
    {
        Visitor.Http.Timeout = _held;
        Emulator.Options.AllowedOrigins.Add("https://listed.example");
        Emulator.Faults.Next(endpoint, EmulatorFault.Status(500));
        using var hold = Emulator.Faults.Hold(endpoint);
        foreach (var (how, headers) in CrossSiteHeaders.Embedded.Concat(CrossSiteHeaders.ForeignForms).Select(row => row.Data).Append(("link", Requests.Link)))
        {
            using var response = await Visitor.Http.SendAsync(new HttpMethod(method), path, headers);

            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, how);
        }

        Assert.Equal((1, 0), (Emulator.Faults.PendingCount, hold.Arrived));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty")]
    [InlineData("Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Origin: https://listed.example")]
    [InlineData("Origin: https://listed.example")]
    public async Task Programs_own_pages_and_allowed_origins_can_call_the_endpoints(params string[] headers)
    {
        Emulator.Options.AllowedOrigins.Add("https://listed.example");

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, "/oauth-api/v1/user-info", headers);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/emulator", true)]
    [InlineData("/nothing", true)]
    [InlineData("authorize", false)]
    [InlineData("/en/oauth/authorize", false)]
    [InlineData("/oauth-api/v1/user-info", false)]
    public async Task Pages_outside_of_a_sign_in_have_an_opener_policy(string path, bool isCutOff)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, path == "authorize" ? Visitor.AuthorizeUrl() : path);

        Assert.Equal(isCutOff ? ["same-origin"] : [], response.Headers.TryGetValues("Cross-Origin-Opener-Policy", out var policies) ? policies : []);
        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
    }

    [Fact]
    public async Task Refusals_and_faults_have_a_resource_policy()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(500));

        using var faulted = await Visitor.UserInfoAsync(null);
        using var refused = await Visitor.Http.SendAsync(HttpMethod.Get, "/emulator.svg", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image");

        Assert.All([faulted, refused], response => Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }
}
