using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// An application that caches every page that it can: output caching ignores <c>Cache-Control</c>.
/// </summary>
public sealed class OutputCacheTests
{
    [Fact]
    public async Task A_page_for_failures_is_in_the_language_of_each_visitor()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance, configure: static setup =>
        {
            setup.ServicesBefore = CacheAll;
            setup.Map(LoginSite.MapAuth, static app => app.UseOutputCache());
        });
        var browser = site.Browser();

        var turkish = await browser.GetAsync("/auth/failed?failure=timeout", ("Accept-Language", "tr"));
        var english = await browser.GetAsync("/auth/failed?failure=timeout", ("Accept-Language", "en"));

        Assert.Contains("lang=\"tr\"", turkish.Body, StringComparison.Ordinal);
        Assert.Contains("lang=\"en\"", english.Body, StringComparison.Ordinal);
    }

    private static void CacheAll(IServiceCollection services) => services.AddOutputCache(static options => options.AddBasePolicy(static policy => policy.Cache()));
}
