// The code stands here as a reader would write it, with all of its usings and without the tests' own tokens.
#pragma warning disable xUnit1051, IDE0005
using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The tests of docs/testing.md for a reader's own site, run on the sample. <see cref="ReadmeTests"/> holds that they are the same to the letter.
/// </summary>
public static class ReadmeLoginTests
{
    public sealed class LoginTests
    {
        [Fact]
        public async Task Visitor_signs_in()
        {
            await using var binance = await BinanceEmulator.StartAsync();
            await using var site = Site(binance);
            using var browser = site.CreateClient();

            using var page = await binance.SignInAsync(browser, "/profile");

            Assert.Contains("with-email@example.com", await page.Content.ReadAsStringAsync());
        }

        [Fact]
        public async Task Outage_ends_on_a_page_with_a_way_on()
        {
            await using var binance = await BinanceEmulator.StartAsync();
            await using var site = Site(binance);
            using var browser = site.CreateClient();

            binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
            using var page = await binance.SignInAsync(browser, "/profile");

            Assert.Contains("Try again", await page.Content.ReadAsStringAsync());
        }

        [Fact]
        public async Task Session_goes_on_when_its_token_has_expired()
        {
            await using var binance = await BinanceEmulator.StartAsync();
            await using var site = Site(binance);
            using var browser = site.CreateClient();
            using var page = await binance.SignInAsync(browser, "/profile");

            binance.Clock.Advance(TimeSpan.FromHours(9));
            var profile = await browser.GetStringAsync("/profile");

            Assert.Contains("with-email@example.com", profile);
            Assert.Equal(1, binance.Requests.Count(request => request.GrantType == "refresh_token"));
        }

        // The site as it is, but for the server that it signs in at and the time.
        private static WebApplicationFactory<Program> Site(BinanceEmulator binance) => new WebApplicationFactory<Program>().WithWebHostBuilder(site => site
            .UseSetting("Authentication:Schemes:Binance:ClientId", BinanceEmulatorDefaults.ClientId)
            .UseSetting("Authentication:Schemes:Binance:ClientSecret", BinanceEmulatorDefaults.ClientSecret)
            .ConfigureServices(services => services
                .AddSingleton<TimeProvider>(binance.Clock)
                .Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options => options.UseServer(binance.BaseAddress))));
    }
}
