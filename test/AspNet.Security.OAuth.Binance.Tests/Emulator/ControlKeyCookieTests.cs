using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The cookie that the key in the address of the status page is exchanged for.</summary>
public sealed class ControlKeyCookieTests : ControlKeyTest
{
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_key_in_the_address_is_exchanged_for_a_cookie(string page)
    {
        Open();

        using var response = await GetAsync(page + KeyQuery, "Host: abc.example.com");
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        using var entered = await GetAsync(response.Headers.Location!.OriginalString, "Host: abc.example.com", $"Cookie: {cookie.Split(';')[0]}");

        Assert.Equal((HttpStatusCode.SeeOther, page), (response.StatusCode, response.Headers.Location.OriginalString));
        Assert.Matches("^binance-emulator-key-[0-9a-f]{8}=[0-9a-f]{64}; path=/; samesite=strict; httponly$", cookie);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
    }

    [Fact]
    public async Task The_cookie_has_the_emulators_path_and_is_essential()
    {
        await using var application = await GuardedApplication.StartAsync(app =>
        {
            app.UsePathBase("/base");
            app.UseCookiePolicy(new CookiePolicyOptions { CheckConsentNeeded = _ => true, MinimumSameSitePolicy = SameSiteMode.Lax });
            app.UseRouting();
        });
        Open(application.Emulator);

        using var response = await application.GetAsync("/base/binance/emulator" + KeyQuery, "Host: localhost");

        Assert.Equal("/base/binance/emulator", response.Headers.Location!.OriginalString);
        Assert.Contains("; path=/base/binance/; samesite=strict; httponly", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_is_secure_for_an_https_request()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.Use((context, next) =>
        {
            context.Request.Scheme = "https";
            return next(context);
        }));
        Open(application.Emulator);

        using var response = await application.GetAsync("/binance/emulator" + KeyQuery);

        Assert.Contains("; secure", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("https,http", true)]
    [InlineData("https, http", true)]
    [InlineData("http", false)]
    [InlineData("http,https", false)]
    public async Task The_cookie_is_secure_behind_an_https_proxy(string scheme, bool isSecure)
    {
        Open();

        using var response = await GetAsync("/" + KeyQuery, "Host: abc.example.com", $"X-Forwarded-Proto: {scheme}");

        Assert.Equal(isSecure, Assert.Single(response.Headers.GetValues("Set-Cookie")).Contains("; secure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_applications_own_cookies_are_kept()
    {
        await using var application = await GuardedApplication.StartAsync(app => app.Use((context, next) =>
        {
            context.Response.Cookies.Append("own", "1");
            return next(context);
        }));
        Open(application.Emulator);

        using var response = await application.GetAsync("/binance/emulator" + KeyQuery);

        Assert.Equal(2, response.Headers.GetValues("Set-Cookie").Count());
    }

    [Fact]
    public async Task HEAD_exchanges_the_key_as_GET_does()
    {
        Open();

        using var response = await Visitor.Http.SendAsync(HttpMethod.Head, "/" + KeyQuery);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Single(response.Headers.GetValues("Set-Cookie"));
    }

    // Browsers send the cookies of all ports of a host, and of all parent paths.
    [Fact]
    public async Task The_cookie_is_found_among_other_cookies()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"Cookie: a={{\"b\":1}}; =; binance-emulator-key=other; {cookie}; c=~");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // Browsers send the cookies of all ports of a host.
    [Fact]
    public async Task Two_emulators_on_one_host_have_cookies_with_different_names()
    {
        Open();
        var cookie = await CookieAsync();
        Emulator.Options.ControlKey = "another-key-of-the-emulator";
        using var response = await GetAsync("/?key=another-key-of-the-emulator");

        Assert.NotEqual(cookie.Split('=')[0], Assert.Single(response.Headers.GetValues("Set-Cookie")).Split('=')[0]);
    }

    [Fact]
    public async Task A_cookie_with_a_wrong_value_is_refused()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"Cookie: {cookie.Split('=')[0]}={new string('0', 64)}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    // RFC 6265 section 4.1.1: a semicolon ends the attribute Path.
    [Fact]
    public async Task The_path_of_the_cookie_ends_before_a_semicolon()
    {
        await using var application = await GuardedApplication.StartAsync(app =>
        {
            app.UsePathBase("/base/a;b");
            app.UseRouting();
        });
        Open(application.Emulator);

        using var response = await application.GetAsync("/base/a;b/binance/emulator" + KeyQuery);

        Assert.Contains("; path=/base/; samesite", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_is_invalid_after_a_change_of_the_key()
    {
        Open();
        var cookie = await CookieAsync();
        Emulator.Options.ControlKey = "another-key-of-the-emulator";

        using var response = await GetAsync("/", $"Cookie: {cookie}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_value_of_the_cookie_is_refused_in_the_header()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"X-Binance-Emulator-Key: {cookie.Split('=')[1]}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused_with_the_cookie_too()
    {
        Open();
        var cookie = await CookieAsync();

        using var response = await GetAsync("/", $"Cookie: {cookie}", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task<string> CookieAsync()
    {
        using var response = await GetAsync("/" + KeyQuery);
        return Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }
}
