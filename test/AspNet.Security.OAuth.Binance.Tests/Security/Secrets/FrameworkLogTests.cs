using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// The categories of the framework that log a secret, and their levels, as in docs/security.md: an update of the framework that changes the
/// list fails these tests.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FrameworkLogTests
{
    private const string Text = " text";
    private const string Values = " values";

    [Fact]
    public async Task The_framework_logs_secrets_in_exactly_these_places()
    {
        var leaks = await FindLeaksInAllLogsAsync(builder => builder.Services.AddHttpLogging(_ => { }));

        Assert.Equal(
            [
                "access_token in log System.Net.Http.HttpClient.api.ClientHandler Trace values",
                "code in log Microsoft.AspNetCore.Hosting.Diagnostics Information",
                "code in log Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware Information",
                "code in log Microsoft.AspNetCore.HttpsPolicy.HttpsRedirectionMiddleware Debug",
                "code in log Microsoft.AspNetCore.Server.Kestrel.BadRequests Debug",
                "code in log Microsoft.AspNetCore.Server.Kestrel.Core.Internal.LoggingConnectionMiddleware Debug",
                "cookie in log Microsoft.AspNetCore.Server.Kestrel.Core.Internal.LoggingConnectionMiddleware Debug",
                "correlation in log Microsoft.AspNetCore.Server.Kestrel.Core.Internal.LoggingConnectionMiddleware Debug",
                "state in log Microsoft.AspNetCore.Hosting.Diagnostics Information",
                "state in log Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware Information",
                "state in log Microsoft.AspNetCore.HttpsPolicy.HttpsRedirectionMiddleware Debug",
                "state in log Microsoft.AspNetCore.Server.Kestrel.BadRequests Debug",
                "state in log Microsoft.AspNetCore.Server.Kestrel.Core.Internal.LoggingConnectionMiddleware Debug",
            ],
            leaks);
    }

    [Fact]
    public async Task The_filter_of_the_documentation_stops_all_of_them()
        => Assert.Empty(await FindLeaksInAllLogsAsync(builder =>
        {
            builder.Logging.AddConfiguration(LogFilters.FromJson().GetSection("Logging"));
            LogFilters.AddRequestLogs(builder);
        }));

    [Fact]
    public async Task The_filter_as_code_does_the_same()
        => Assert.Empty(await FindLeaksInAllLogsAsync(builder =>
        {
            LogFilters.Add(builder);
            LogFilters.AddRequestLogs(builder);
        }));

    /// <summary>Everything at Trace, and what an application may add to see more of its requests.</summary>
    private static async Task<IEnumerable<string>> FindLeaksInAllLogsAsync(Action<WebApplicationBuilder> configure)
    {
        using var scan = new SecretScan();
        await using var site = await RecordedSite.StartAsync(
            scan,
            builder =>
            {
                builder.Services.AddHttpsRedirection(options => options.HttpsPort = 443);
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.UseConnectionLogging()));
                configure(builder);
            },
            app =>
            {
                app.UseHttpLogging();
                app.UseWhen(context => context.Request.Query.ContainsKey("plain"), plain => plain.UseHttpsRedirection());
            });
        await SecretUses.RunAsync(site, scan);
        var browser = BrowserRecordingHandler.Browser(site.Address, site.Time, scan);
        await browser.GetAsync(await scan.ConsentAsync(browser, "/login") + "&plain=1");
        await SendBrokenAsync(site.Address, await scan.ConsentAsync(browser, "/login"));

        // A secret in the text is in the values as well. Only a secret in the values alone is a row of its own.
        var leaks = scan.Finish(site.Emulator, site.AllLogs).Where(leak => leak.Contains(" in log ", StringComparison.Ordinal)).ToArray();
        return leaks
            .Where(leak => !leak.EndsWith(Values, StringComparison.Ordinal) || !leaks.Contains(leak[..^Values.Length] + Text))
            .Select(leak => leak.EndsWith(Text, StringComparison.Ordinal) ? leak[..^Text.Length] : leak);
    }

    // A malformed request for the callback, which the server refuses before any middleware runs.
    private static async Task SendBrokenAsync(Uri site, string callback)
    {
        var stop = TestContext.Current.CancellationToken;
        foreach (var line in new[] { $"GET {callback} and more HTTP/1.1", $"GET {callback} HTTP/1.1\r\nReferer" })
        {
            using var connection = new TcpClient(site.Host, site.Port);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\nConnection: close\r\n\r\n"), stop);
            using var response = new StreamReader(connection.GetStream());
            Assert.Contains(" 400 ", await response.ReadToEndAsync(stop), StringComparison.Ordinal);
        }
    }
}
