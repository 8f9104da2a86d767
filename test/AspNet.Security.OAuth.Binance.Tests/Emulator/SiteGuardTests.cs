using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>What pages of other sites can make a browser send, by what browsers say of it (Fetch Metadata and <c>Origin</c>).</summary>
public sealed class SiteGuardTests : EmulatorTest
{
    // A request that is held has passed the guard, and has no response.
    private static readonly TimeSpan _held = TimeSpan.FromSeconds(30);

    // Each with what a browser says of it, from a page of another site and from one on another port of localhost.
    public static TheoryData<string, string[]> Embedded => new()
    {
        { "image", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"] },
        { "image of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"] },
        { "script", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"] },
        { "iframe", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { "iframe of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { "iframe of the browser", ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { "frame", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: frame"] },
        { "object", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: object"] },
        { "embed", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: embed"] },
        { "fetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Origin: https://app.example"] },
        { "fetch no-cors", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty"] },
        { "link rel=prefetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty", "Sec-Purpose: prefetch"] },
        { "speculation rule", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Purpose: prefetch;prerender"] },
        { "old prefetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Purpose: prefetch"] },
        { "old Firefox's prefetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "X-Moz: prefetch"] },
        { "old browser's fetch", ["Origin: https://app.example"] },
        { "sandboxed frame's fetch in an old browser", ["Origin: null"] },
        { "image without Fetch Metadata", ["Referer: http://site.test:5210/page", "Accept: image/avif,image/webp,*/*;q=0.8"] },
        { "script without Fetch Metadata", ["Referer: http://site.test:5210/", "Accept: */*"] },
        { "image of another port without Fetch Metadata", ["Referer: http://localhost:5300/", "Accept: image/*"] },
        { "referrer that is no address", ["Referer: site", "Accept: */*"] },
        { "two referrers", ["Referer: http://localhost/", "Referer: http://site.test/", "Accept: */*"] },
        { "repeated site", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image"] },
        { "unknown site", ["Sec-Fetch-Site: any", "Sec-Fetch-Dest: image"] },
    };

    public static TheoryData<string, string[]> Opened => new()
    {
        { "link", Requests.Link },
        { "link of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
        { "link of the emulator", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
        { "address bar", ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-User: ?1"] },
        { "program", [] },
    };

    public static TheoryData<string> Pages => ["/", "/emulator", "/emulator.css", "/emulator.svg", "/nothing"];

    [Theory]
    [MemberData(nameof(Embedded))]
    public async Task Authorize_page_is_nothing_that_another_site_can_embed_and_no_state_or_fault_is_used_up(string how, string[] headers)
    {
        Visitor.Http.Timeout = _held;
        Emulator.Options.AutoApprove = true;
        Emulator.Options.MaxCodes = 1;
        var code = await Visitor.GetCodeAsync();
        Emulator.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.Status(500));
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Authorize);

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, Visitor.AuthorizeUrl(), headers);

        Assert.True(response.StatusCode == HttpStatusCode.Forbidden, how);
        Assert.Null(response.Headers.Location);
        Assert.Equal((1, 0), (Emulator.Faults.PendingCount, hold.Arrived));
        using var redeemed = await Visitor.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
        Assert.Equal([302, 403], Emulator.Requests.To(EmulatorEndpoint.Authorize).Select(request => request.Status));
    }

    [Theory]
    [MemberData(nameof(Opened))]
    public async Task Authorize_page_is_opened_from_any_site(string how, string[] headers)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, Visitor.AuthorizeUrl(), headers);

        Assert.True(response.StatusCode == HttpStatusCode.OK, how);
    }

    // An allowed name over plain HTTP: browsers send it no Fetch Metadata.
    [Theory]
    [InlineData("http://shop.example.com/", "text/html,application/xhtml+xml,*/*;q=0.8", HttpStatusCode.OK)]
    [InlineData("http://emulator:5210/emulator", "*/*", HttpStatusCode.OK)]
    [InlineData("http://shop.example.com/", "*/*", HttpStatusCode.Forbidden)]
    public async Task Authorize_page_is_opened_from_any_site_without_Fetch_Metadata_too(string referer, string accept, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("emulator");

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, Visitor.AuthorizeUrl(), "Host: emulator:5210", $"Referer: {referer}", $"Accept: {accept}");

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("http://shop.example.com/", HttpStatusCode.Forbidden)]
    [InlineData("http://emulator:5210/", HttpStatusCode.OK)]
    public async Task Control_api_is_for_no_page_of_another_site_without_Fetch_Metadata(string referer, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("emulator");

        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, "/emulator/api/v1/clients", "Host: emulator:5210", $"Referer: {referer}", $"X-Binance-Emulator-Key: {Emulator.Options.ControlKey}");

        Assert.Equal(status, response.StatusCode);
    }

    // Nobody has opened it, so that nobody has signed in.
    [Theory]
    [InlineData("Sec-Purpose: prefetch")]
    [InlineData("Sec-Purpose: prefetch;prerender")]
    [InlineData("Purpose: prefetch")]
    [InlineData("X-Purpose: preview")]
    public async Task Authorize_page_is_not_loaded_in_advance_not_even_from_the_address_bar(string purpose)
    {
        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, Visitor.AuthorizeUrl(), "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", purpose);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Authorize_page_in_a_frame_of_the_emulator_itself_passes()
    {
        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, Visitor.AuthorizeUrl(), "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Embedded))]
    public async Task Pages_are_nothing_that_another_site_can_embed(string how, string[] headers)
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
    [MemberData(nameof(Opened))]
    public async Task Pages_are_opened_from_any_site(string how, string[] headers)
    {
        foreach (var page in Pages)
        {
            using var response = await Visitor.Http.SendAsync(HttpMethod.Get, page, headers);

            Assert.True(response.StatusCode == (page == "/nothing" ? HttpStatusCode.NotFound : HttpStatusCode.OK), $"{how} {page}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Pages_load_their_own_files(string path)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, path, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: style");

        Assert.NotEqual(HttpStatusCode.Forbidden, response.StatusCode);
    }

    public static TheoryData<string, string[]> ForeignForms => new()
    {
        { "form", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: https://app.example"] },
        { "form of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: http://localhost:5300"] },
        { "form without a referrer", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: null"] },
        { "form in an old browser", ["Origin: https://app.example"] },
        { "form without a referrer in an old browser", ["Origin: null"] },
        { "fetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty", "Origin: https://app.example"] },
        { "site without an origin", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
    };

    [Theory]
    [MemberData(nameof(ForeignForms))]
    public async Task Consent_form_of_another_site_decides_nothing(string how, string[] headers)
    {
        var form = await Visitor.OpenConsentAsync();

        using var foreign = await PostConsentAsync(form, headers);
        using var own = await Visitor.AnswerConsentAsync(form, "authorize");

        Assert.True(foreign.StatusCode == HttpStatusCode.Forbidden, how);
        Assert.Equal(HttpStatusCode.SeeOther, own.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ForeignForms))]
    public async Task A_form_of_another_site_reaches_no_page(string how, string[] headers)
    {
        foreach (var page in Pages)
        {
            using var response = await Visitor.Http.SendAsync(HttpMethod.Post, page, headers);

            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{how} {page}");
        }
    }

    [Theory]
    [InlineData("localhost:5210", "http://localhost:5210")]
    [InlineData("LOCALHOST:5210", "http://localhost:5210")]
    [InlineData("localhost", "http://localhost")]
    [InlineData("localhost:80", "http://localhost")]
    [InlineData("[::1]:5210", "http://[::1]:5210")]
    public async Task Consent_form_of_the_emulators_own_origin_decides(string host, string origin)
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, $"Host: {host}", $"Origin: {origin}", "Sec-Fetch-Site: same-origin");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
    }

    [Theory]
    [InlineData("localhost:5210", "http://localhost:5211")]
    [InlineData("localhost:5210", "http://127.0.0.1:5210")]
    [InlineData("localhost:5210", "https://localhost:5210")]
    [InlineData("localhost", "https://localhost")]
    [InlineData("localhost:5210", "http://localhost")]
    [InlineData("localhost", "http://localhost:8080")]
    [InlineData("localhost:5210", "http://localhost:5210, http://localhost:5210")]
    [InlineData("localhost:5210", "http://localhost:5210/")]
    [InlineData("localhost:5210", "http://user@localhost:5210")]
    [InlineData("localhost:5210", "localhost:5210")]
    [InlineData("localhost:5210", "ftp://localhost:5210")]
    [InlineData("localhost:5210", "null")]
    [InlineData("localhost:5210", "")]
    public async Task Another_origin_is_not_the_emulators_own(string host, string origin)
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, $"Host: {host}", $"Origin: {origin}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Two_origins_are_none()
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, "Host: localhost:5210", "Origin: http://localhost:5210", "Origin: http://localhost:5210");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    // The proxy in front of an allowed host may end TLS.
    [Theory]
    [InlineData("abc.example.com", "https://abc.example.com", HttpStatusCode.SeeOther)]
    [InlineData("ABC.example.com:443", "https://abc.example.com", HttpStatusCode.SeeOther)]
    [InlineData("abc.example.com", "http://abc.example.com", HttpStatusCode.SeeOther)]
    [InlineData("abc.example.com", "https://abc.example.com:8443", HttpStatusCode.Forbidden)]
    [InlineData("abc.example.com", "https://app.example.com", HttpStatusCode.Forbidden)]
    public async Task The_scheme_of_an_allowed_host_is_its_proxys(string host, string origin, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("abc.example.com");
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, $"Host: {host}", $"Origin: {origin}", "X-Forwarded-Proto: https");

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_scheme_of_loopback_is_its_proxys_where_it_is_allowed()
    {
        Emulator.Options.AllowedHosts.Add("localhost");
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, "Host: localhost:8443", "Origin: https://localhost:8443", "Sec-Fetch-Site: same-origin");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
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
        foreach (var (how, headers) in Embedded.Concat(ForeignForms).Select(row => row.Data).Append(("link", Requests.Link)))
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
    public async Task Endpoints_are_for_programs_the_emulators_own_pages_and_listed_origins(params string[] headers)
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
    public async Task Only_pages_outside_of_a_sign_in_are_cut_off_from_their_opener(string path, bool isCutOff)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, path == "authorize" ? Visitor.AuthorizeUrl() : path);

        Assert.Equal(isCutOff ? ["same-origin"] : [], response.Headers.TryGetValues("Cross-Origin-Opener-Policy", out var policies) ? policies : []);
        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy"));
    }

    [Fact]
    public async Task Refusals_and_faults_are_no_resource_of_another_site_either()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(500));

        using var faulted = await Visitor.UserInfoAsync(null);
        using var refused = await Visitor.Http.SendAsync(HttpMethod.Get, "/emulator.svg", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image");

        Assert.All([faulted, refused], response => Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    private async Task<HttpResponseMessage> PostConsentAsync(ConsentForm form, params string[] headers)
    {
        using var request = Requests.Create(HttpMethod.Post, form.Action, headers);
        request.Content = new FormUrlEncodedContent([new("consent", form.Id), new("user", BinanceEmulatorDefaults.UserId), new("decision", "authorize")]);
        return await Visitor.Http.SendAsync(request, Cancellation);
    }
}
