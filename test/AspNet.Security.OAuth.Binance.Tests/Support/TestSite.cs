using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A site with a cookie and Login with Binance, as an application would write it, on the in-memory server.
/// </summary>
internal sealed class TestSite : IAsyncDisposable
{
    public const string ClientId = "a28f296f2cbe6c64b4d5dec24735d39b1b6fffcf";
    public const string ClientSecret = "the/secret+of=this&client";

    private readonly WebApplication _app;

    private TestSite(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public TestServer Server => _app.GetTestServer();

    public TestTime Time => (TestTime)Services.GetRequiredService<TimeProvider>();

    /// <summary>What <c>OnRemoteFailure</c> was told.</summary>
    public ConcurrentQueue<RemoteFailureContext> Failures { get; } = [];

    /// <summary>What left the site as an exception.</summary>
    public Channel<Exception> Exceptions { get; } = Channel.CreateUnbounded<Exception>();

    /// <summary>What the provider logged.</summary>
    public IReadOnlyList<FakeLogRecord> Logs
        => [.. Services.GetFakeLogCollector().GetSnapshot()
            .Where(record => record.Category!.StartsWith("AspNet.Security.OAuth.Binance", StringComparison.Ordinal))];

    /// <summary>Everything of the provider's logs in one text: messages, values, exceptions.</summary>
    public string LogText => string.Join('\n', Logs.Select(record
        => $"{record.Message} {string.Join(' ', record.StructuredState ?? [])} {record.Exception}"));

    public BinanceAuthenticationOptions Options
        => Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(BinanceAuthenticationDefaults.AuthenticationScheme);

    public static Task<TestSite> StartAsync(BinanceStub binance, Action<SiteSetup>? configure = null)
        => StartAsync(binance.Address, configure);

    public static async Task<TestSite> StartAsync(Uri binance, Action<SiteSetup>? configure = null)
    {
        var setup = new SiteSetup();
        configure?.Invoke(setup);

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        setup.ServicesBefore(builder.Services);
        builder.Services.AddSingleton<TimeProvider>(new TestTime());
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();

        TestSite? site = null;
        var schemes = setup.Schemes ?? (services => services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(setup.Cookie));
        var authentication = schemes(builder.Services)
            .AddBinance(options =>
            {
                options.ClientId = ClientId;
                options.ClientSecret = ClientSecret;
                if (setup.FailurePath is { } failurePath)
                {
                    options.FailurePath = failurePath;
                }

                options.UseServer(binance);
                setup.Binance(options);

                var next = options.Events.OnRemoteFailure;
                options.Events.OnRemoteFailure = context =>
                {
                    site!.Failures.Enqueue(context);
                    return next(context);
                };
            });
        setup.Authentication(authentication);

        var app = builder.Build();
        site = new TestSite(app);
        if (setup.PathBase is { } pathBase)
        {
            app.UsePathBase(pathBase);
        }

        app.Use(site.RecordExceptionsAsync);
        setup.BeforeAuthentication(app);
        app.UseAuthentication();
        setup.AfterAuthentication(app);
        app.Run(context => SitePages.ServeAsync(context, setup.Pages));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    /// <summary>The failure that the sign-in ended with; there has to be exactly one.</summary>
    public BinanceAuthenticationException SingleFailure()
        => Assert.IsType<BinanceAuthenticationException>(Assert.Single(Failures).Failure);

    /// <summary>Signs in with a new browser, and returns the failure that this has to end with.</summary>
    public async Task<BinanceAuthenticationException> FailToSignInAsync()
    {
        using var answer = await new SiteBrowser(this).SignInAsync();
        return SingleFailure();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task RecordExceptionsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Exceptions.Writer.TryWrite(exception);
            throw;
        }
    }
}
