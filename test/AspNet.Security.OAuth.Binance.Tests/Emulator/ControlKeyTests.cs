using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The key that the status page needs while other machines are let in.</summary>
public sealed class ControlKeyTests : EmulatorTest
{
    private const string Key = "a-key-of-16-chars+/=&%";

    public static TheoryData<string> Pages => ["/", "/emulator"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Without_allowed_hosts_no_key_is_needed(string page)
    {
        using var response = await GetAsync(page);
        using var superfluous = await GetAsync($"{page}?key=any");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (response.StatusCode, superfluous.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task With_an_allowed_host_everybody_needs_the_key_and_learns_where_it_is_shown(string page)
    {
        Open();

        using var here = await GetAsync(page);
        using var there = await GetAsync(page, "Host: abc.example.com");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (here.StatusCode, there.StatusCode));
        Assert.NotEmpty(here.Headers.WwwAuthenticate);
        var html = await here.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("in its console or its log", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain(BinanceEmulatorDefaults.ClientId, html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/emulator.css", HttpStatusCode.OK)]
    [InlineData("/emulator.svg", HttpStatusCode.OK)]
    [InlineData("authorize", HttpStatusCode.OK)]
    [InlineData("/oauth-api/v1/user-info", HttpStatusCode.Unauthorized)]
    public async Task A_sign_in_needs_no_key(string path, HttpStatusCode status)
    {
        Open();

        using var response = await GetAsync(path == "authorize" ? Visitor.AuthorizeUrl() : path, "Host: abc.example.com");

        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("BinanceEmulatorKey", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_key_in_the_address_becomes_a_cookie_that_lets_the_browser_in(string page)
    {
        Open();

        using var response = await GetAsync($"{page}?key={Uri.EscapeDataString(Key)}", "Host: abc.example.com");
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        using var entered = await GetAsync(response.Headers.Location!.OriginalString, "Host: abc.example.com", $"Cookie: {cookie.Split(';')[0]}");

        Assert.Equal((HttpStatusCode.SeeOther, page), (response.StatusCode, response.Headers.Location.OriginalString));
        Assert.Matches("^binance-emulator-key-[0-9a-f]{8}=[0-9a-f]{64}; path=/; samesite=strict; httponly$", cookie);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_for_the_emulators_part_of_an_application_and_needs_no_consent_to_cookies()
    {
        await using var application = await GuardedApplication.StartAsync(app =>
        {
            app.UsePathBase("/base");
            app.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = _ => true, MinimumSameSitePolicy = SameSiteMode.Lax });
            app.UseRouting();
        });
        Open(application.Emulator);

        using var response = await application.GetAsync($"/base/binance/emulator?key={Uri.EscapeDataString(Key)}", "Host: localhost");

        Assert.Equal("/base/binance/emulator", response.Headers.Location!.OriginalString);
        Assert.Contains("; path=/base/binance/; samesite=strict; httponly", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_is_for_https_where_the_request_is()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.Use((context, next) =>
        {
            context.Request.Scheme = "https";
            return next(context);
        }));
        Open(application.Emulator);

        using var response = await application.GetAsync($"/binance/emulator?key={Uri.EscapeDataString(Key)}");

        Assert.Contains("; secure", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("https,http", true)]
    [InlineData("https, http", true)]
    [InlineData("http", false)]
    [InlineData("http,https", false)]
    public async Task The_cookie_is_for_https_where_the_proxy_in_front_says_so(string scheme, bool isSecure)
    {
        Open();

        using var response = await GetAsync($"/?key={Uri.EscapeDataString(Key)}", "Host: abc.example.com", $"X-Forwarded-Proto: {scheme}");

        Assert.Equal(isSecure, Assert.Single(response.Headers.GetValues("Set-Cookie")).Contains("; secure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_applications_own_cookies_stay_beside_it()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.Use((context, next) =>
        {
            context.Response.Cookies.Append("own", "1");
            return next(context);
        }));
        Open(application.Emulator);

        using var response = await application.GetAsync($"/binance/emulator?key={Uri.EscapeDataString(Key)}");

        Assert.Equal(2, response.Headers.GetValues("Set-Cookie").Count());
    }

    [Fact]
    public async Task HEAD_lets_a_browser_in_as_GET_does()
    {
        Open();

        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, $"/?key={Uri.EscapeDataString(Key)}");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Single(response.Headers.GetValues("Set-Cookie"));
    }

    [Theory]
    [InlineData("?key=")]
    [InlineData("?key=wrong-key-of-16-chars")]
    [InlineData("?key=A-KEY-OF-16-CHARS%2B%2F%3D%26%25")]
    [InlineData("?Key=a-key-of-16-chars%2B%2F%3D%26%25")]
    [InlineData("?key=a-key-of-16-chars%2B%2F%3D%26%25&key=a-key-of-16-chars%2B%2F%3D%26%25")]
    [InlineData("?key=a-key-of-16-chars%2B%2F%3D%26%25&key=x")]
    public async Task A_wrong_or_repeated_key_lets_nobody_in(string query)
    {
        Open();

        using var response = await GetAsync("/" + query);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_POST_with_the_key_lets_nobody_in()
    {
        Open();

        using var response = await Visitor.Http.SendAsync(HttpMethod.Post, $"/?key={Uri.EscapeDataString(Key)}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("X-Binance-Emulator-Key: a-key-of-16-chars+/=&%", HttpStatusCode.OK)]
    [InlineData("x-binance-emulator-key: a-key-of-16-chars+/=&%", HttpStatusCode.OK)]
    [InlineData("X-Binance-Emulator-Key: a-key-of-16-chars", HttpStatusCode.Unauthorized)]
    [InlineData("X-Binance-Emulator-Key: ", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie: binance-emulator-key=a-key-of-16-chars", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie: binance-emulator-key=0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie: binance-emulator-key", HttpStatusCode.Unauthorized)]
    public async Task A_program_sends_the_key_in_a_header(string header, HttpStatusCode status)
    {
        Open();

        using var response = await GetAsync("/", header);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_header_sent_twice_is_no_key()
    {
        Open();

        using var response = await GetAsync("/", $"X-Binance-Emulator-Key: {Key}", $"X-Binance-Emulator-Key: {Key}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    // Browsers send the cookies of every port of a host, and of every path above.
    [Fact]
    public async Task The_cookie_is_found_among_others()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"Cookie: a={{\"b\":1}}; =; binance-emulator-key=other; {cookie}; c=~");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // Browsers send the cookies of every port of a host.
    [Fact]
    public async Task Two_emulators_of_one_host_have_two_cookies()
    {
        Open();
        var cookie = await CookieAsync();
        Emulator.Options.ControlKey = "another-key-of-the-emulator";
        using var response = await GetAsync("/?key=another-key-of-the-emulator");

        Assert.NotEqual(cookie.Split('=')[0], Assert.Single(response.Headers.GetValues("Set-Cookie")).Split('=')[0]);
    }

    [Fact]
    public async Task The_name_of_the_cookie_is_not_enough()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"Cookie: {cookie.Split('=')[0]}={new string('0', 64)}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    // RFC 6265 section 4.1.1: it would end the attribute.
    [Fact]
    public async Task A_semicolon_in_an_applications_path_is_not_in_the_cookies()
    {
        await using var application = await GuardedApplication.StartAsync(app =>
        {
            app.UsePathBase("/base/a;b");
            app.UseRouting();
        });
        Open(application.Emulator);

        using var response = await application.GetAsync($"/base/a;b/binance/emulator?key={Uri.EscapeDataString(Key)}");

        Assert.Contains("; path=/base/; samesite", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_ends_with_the_key()
    {
        Open();
        var cookie = await CookieAsync();
        Emulator.Options.ControlKey = "another-key-of-the-emulator";

        using var response = await GetAsync("/", $"Cookie: {cookie}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_value_of_the_cookie_is_no_key()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"X-Binance-Emulator-Key: {cookie.Split('=')[1]}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/?key={0}")]
    [InlineData("/?k%65y={0}&a=1")]
    [InlineData("/?KEY={0}")]
    [InlineData("/emulator?key=x&key={0}")]
    [InlineData("/emulator/?key={0}")]
    [InlineData("/nothing?key={0}")]
    [InlineData("/oauth/authorize?key={0}")]
    [InlineData("/oauth-api/v1/user-info?a=1&state={0}")]
    public async Task The_key_is_not_in_the_journal(string path)
    {
        Open();
        var encoded = Uri.EscapeDataString(Key);

        using var response = await GetAsync(string.Format(null, path, encoded), $"X-Binance-Emulator-Key: {Key}");

        var request = Assert.Single(Emulator.Requests);
        var text = string.Join('\n', [request.Path, request.RawQuery, .. request.Query.Select(parameter => $"{parameter.Key}={parameter.Value}"), request.ResponseBody]);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain(encoded, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_rest_of_the_query_is_in_the_journal()
    {
        using var response = await GetAsync("/?a=1&key=anything&b=%20&a=2");

        var request = Assert.Single(Emulator.Requests);
        Assert.Equal("?a=1&b=%20&a=2", request.RawQuery);
        Assert.Equal([new("a", "1"), new("b", " "), new("a", "2")], request.Query);
    }

    [Fact]
    public async Task A_key_after_more_parameters_than_are_read_is_not_in_the_journal()
    {
        using var response = await GetAsync($"/?{string.Join('&', Enumerable.Range(0, 70).Select(number => $"p{number}=1"))}&key=the-key-after-all");

        Assert.DoesNotContain("the-key-after-all", Assert.Single(Emulator.Requests).RawQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused_although_the_browser_has_the_cookie()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"Cookie: {cookie}", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Each_emulator_has_a_random_key()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);

        Assert.Matches("^[0-9a-f]{32}$", Emulator.Options.ControlKey);
        Assert.NotEqual(Emulator.Options.ControlKey, other.Options.ControlKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fifteen-letters")]
    [InlineData("sixteen letters!")]
    [InlineData("sixteen-letters\n")]
    [InlineData("sixteen-letters\u007f")]
    [InlineData("sixteen-lettersü")]
    [InlineData(null)]
    public void A_key_that_can_be_guessed_or_not_be_sent_is_refused(string? key)
    {
        var before = Emulator.Options.ControlKey;

        var exception = Assert.ThrowsAny<ArgumentException>(() => Emulator.Options.ControlKey = key!);

        Assert.Contains("16 characters", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, Emulator.Options.ControlKey);
    }

    [Fact]
    public void A_key_of_sixteen_characters_is_accepted()
    {
        Emulator.Options.ControlKey = "sixteen-letters!";

        Assert.Equal("sixteen-letters!", Emulator.Options.ControlKey);
    }

    private static void Open(BinanceEmulator emulator)
    {
        emulator.Options.ControlKey = Key;
        emulator.Options.AllowedHosts.Add("abc.example.com");
    }

    private void Open() => Open(Emulator);

    private async Task<string> CookieAsync()
    {
        using var response = await GetAsync($"/?key={Uri.EscapeDataString(Key)}");
        return Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }

    private Task<HttpResponseMessage> GetAsync(string path, params string[] headers) => Visitor.Http.SendAsync(HttpMethod.Get, path, headers);
}
