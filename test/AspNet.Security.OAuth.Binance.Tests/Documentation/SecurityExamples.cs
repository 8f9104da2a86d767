using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of docs/security.md, run.
/// </summary>
public sealed class SecurityExamples
{
    [Fact]
    public async Task Cookies_of_the_example_can_be_set_by_no_other_host_and_are_taken_away_again()
    {
        using var binance = new BinanceStub();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();

        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options =>
            {
                options.Cookie.Name = "__Host-Session";
                options.Cookie.Path = "/";
                options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            })
            .AddBinance(options =>
            {
                options.CorrelationCookie.Name = "__Host-Correlation.";
                options.CorrelationCookie.Path = "/";
                options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
            });

        builder.Services.PostConfigure<BinanceAuthenticationOptions>("Binance", options =>
        {
            options.ClientId = "client";
            options.ClientSecret = "secret";
            options.UseServer(binance.Address);
        });
        await using var app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/login", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }, ["Binance"]));
        await app.StartAsync(TestContext.Current.CancellationToken);

        var (challenge, correlation) = await GetAsync(app, "/login", cookie: null);
        var state = Uri.EscapeDataString(new AuthorizeRequest(challenge!).State);
        var mark = Assert.Single(correlation);
        var (_, after) = await GetAsync(app, $"/signin-binance?code=code&state={state}", $"{mark.Name}={mark.Value}");

        Assert.StartsWith("__Host-Correlation.", mark.Name.Value, StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.UnixEpoch, after.Single(cookie => cookie.Name == mark.Name).Expires);
        Assert.NotEmpty(after.Single(cookie => cookie.Name == "__Host-Session").Value.Value!);
        Assert.All([mark, .. after], cookie =>
        {
            Assert.True(cookie.Secure);
            Assert.Equal("/", cookie.Path.Value);
            Assert.False(cookie.Domain.HasValue);
        });
    }

    private static async Task<(Uri? Location, IList<SetCookieHeaderValue> Cookies)> GetAsync(WebApplication app, string path, string? cookie)
    {
        using var client = new HttpClient(app.GetTestServer().CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri("https://site.example"), path));
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.Headers.Location, SetCookieHeaderValue.ParseList([.. answer.Headers.GetValues("Set-Cookie")]));
    }
}
