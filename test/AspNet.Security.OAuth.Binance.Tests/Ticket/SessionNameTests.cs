using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The name by which a session is known to have ended: of two sessions with one name, the end of one would end the other.
/// </summary>
public sealed class SessionNameTests
{
    private const string Name = ".bn";

    [Fact]
    public async Task Each_sign_in_begins_a_session_with_a_name_of_its_own()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var names = await NamesAsync(site, signIns: 20);

        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_-]{8}$", name));
        Assert.Distinct(names);
    }

    [Fact]
    public async Task A_name_does_not_repeat_when_a_handler_marks_browsers_in_its_own_way()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Authentication = authentication => authentication.Services.AddTransient<BinanceAuthenticationHandler, HandlerWithOneMark>());

        var names = await NamesAsync(site, signIns: 5);

        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_-]{8}$", name));
        Assert.Distinct(names);
    }

    private static async Task<string[]> NamesAsync(TestSite site, int signIns)
    {
        var names = new string[signIns];
        for (var i = 0; i < signIns; i++)
        {
            var browser = new SiteBrowser(site);
            using var response = await browser.SignInAsync();
            names[i] = (await browser.SessionAsync()).Items[Name]!;
        }

        return names;
    }

    private sealed class HandlerWithOneMark(IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : BinanceAuthenticationHandler(options, logger, encoder)
    {
        private const string Mark = "always-the-same";

        protected override void GenerateCorrelationId(AuthenticationProperties properties)
        {
            properties.Items[".xsrf"] = Mark;
            Response.Cookies.Append(Options.CorrelationCookie.Name + Mark, "N", new CookieOptions { Path = Options.CallbackPath, HttpOnly = true });
        }
    }
}
