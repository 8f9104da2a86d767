using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// The sample as it runs on a server, seen by an attacker on a neighbouring subdomain or in the network.
/// </summary>
public sealed class SampleCookieTests
{
    [Fact]
    public async Task No_other_subdomain_and_no_script_has_access_to_a_cookie_of_the_site()
    {
        using var binance = new BinanceStub();
        await using var sample = Start(binance);
        using var browser = Client(sample);

        List<SetCookieHeaderValue> cookies = [];
        using var challenge = await GetAsync(browser, "/account/login");
        var state = new AuthorizeRequest(challenge.Headers.Location!).State;
        var callback = QueryHelpers.AddQueryString("/signin-binance", new Dictionary<string, string?> { ["code"] = "code", ["state"] = state });
        using var signedIn = await GetAsync(browser, callback);
        using var profile = await GetAsync(browser, "/profile");
        foreach (var response in new[] { challenge, signedIn, profile })
        {
            cookies.AddRange(SetCookieHeaderValue.ParseList([.. response.Headers.GetValues("Set-Cookie")]));
        }

        var kept = cookies.Where(cookie => cookie.Value.Length > 0).ToArray();
        Assert.Equal(
            ["__Host-SampleWeb.Correlation.", "__Host-SampleWeb", "__Host-SampleWeb.Antiforgery"],
            kept.Select(cookie => cookie.Name.Value![..Math.Min(cookie.Name.Value!.Length, "__Host-SampleWeb.Correlation.".Length)]));
        Assert.All(cookies, cookie =>
        {
            Assert.True(cookie.Secure);
            Assert.True(cookie.HttpOnly);
            Assert.Equal(SameSiteMode.Lax, cookie.SameSite);
            Assert.Equal("/", cookie.Path.Value);
            Assert.False(cookie.Domain.HasValue);
        });
        Assert.Contains(cookies, cookie => cookie.Value.Length == 0 && cookie.Name == kept[0].Name);
    }

    [Theory]
    [InlineData("www.example.com", 302)]
    [InlineData("evil.example", 400)]
    public async Task A_site_with_allowed_hosts_refuses_others(string host, int status)
    {
        using var binance = new BinanceStub();
        await using var sample = Start(binance, ("AllowedHosts", "www.example.com"));
        using var browser = Client(sample);

        using var response = await GetAsync(browser, $"https://{host}/account/login");

        Assert.Equal(status, (int)response.StatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient browser, string url)
        => browser.GetAsync(new Uri(url, UriKind.RelativeOrAbsolute), TestContext.Current.CancellationToken);

    private static HttpClient Client(WebApplicationFactory<Program> sample)
        => sample.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri("https://www.example.com") });

    private static WebApplicationFactory<Program> Start(BinanceStub binance, params (string Key, string Value)[] settings)
        => new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            const string Scheme = "Authentication:Schemes:Binance:";
            builder.UseEnvironment("Production");
            builder.UseSetting(Scheme + "ClientId", "the-client");
            builder.UseSetting(Scheme + "ClientSecret", "the-secret");
            builder.UseSetting(Scheme + "TokenEndpoint", new Uri(binance.Address, BinanceStub.TokenPath).AbsoluteUri);
            builder.UseSetting(Scheme + "UserInformationEndpoint", new Uri(binance.Address, BinanceStub.UserPath).AbsoluteUri);
            builder.UseSetting("HTTPS_PORT", "443");
            builder.UseSetting("hostBuilder:reloadConfigOnChange", "false");
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }
        });
}
