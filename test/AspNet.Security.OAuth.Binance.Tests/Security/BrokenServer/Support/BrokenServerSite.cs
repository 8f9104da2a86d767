using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

/// <summary>
/// A site on Kestrel: browser, site and Binance communicate through sockets. Its clock is not the emulator's.
/// </summary>
internal static class BrokenServerSite
{
    /// <param name="emulator">Sets the emulator's options.</param>
    /// <param name="binance">Sets the provider's options, after those that every site has.</param>
    /// <param name="services">Registers more, after everything else.</param>
    /// <param name="level">The lowest level that is logged.</param>
    /// <param name="time">The site's time.</param>
    public static Task<TestSite> StartAsync(
        Action<BinanceEmulatorOptions>? emulator = null,
        Action<BinanceAuthenticationOptions>? binance = null,
        Action<IServiceCollection>? services = null,
        LogLevel level = LogLevel.Trace,
        TimeProvider? time = null)
        => TestSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.Time = time ?? new TestTime();
            setup.Emulator = emulator ?? setup.Emulator;
            setup.Binance = options =>
            {
                options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
                binance?.Invoke(options);
            };
            setup.Services = services ?? setup.Services;
            setup.Logging = logging => logging.SetMinimumLevel(level).AddFakeLogging();

            // The secrets of thousands of sign-ins would count as memory that is retained.
            setup.LooksForSecrets = level is LogLevel.Trace;
            setup.Pages["/failed"] = context => context.Response.WriteAsync(
                $"That did not work. <a href=\"/login?returnUrl={Uri.EscapeDataString(context.Request.Query["returnUrl"].ToString())}\">Try again</a>",
                context.RequestAborted);
        });

    /// <summary>How many requests an endpoint received, whatever their outcome.</summary>
    public static int Calls(this TestSite site, EmulatorEndpoint endpoint) => site.Emulator.Requests.Count(endpoint);
}
