using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A request passes each scheme, and may pass the authentication middleware again for an error page. Its sign-in is counted once, and as a
/// success only if a user is signed in.
/// </summary>
public sealed class SignInMetricsOnceTests
{
    [Fact]
    public async Task A_failure_whose_exception_has_a_page_is_counted_once()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.FailurePath = default;
            setup.BeforeAuthentication = app => app.UseExceptionHandler("/error");
        });
        using var signIns = SignIns(site.Services);

        var response = await site.Browser().GetAsync("/signin-binance?code=one&state=garbage");

        Assert.Equal(500, (int)response.Status);
        AssertCounted(signIns, "failed");
    }

    [Fact]
    public async Task A_failure_that_the_application_ends_with_a_status_that_has_a_page_is_counted_once()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.BeforeAuthentication = app => app.UseStatusCodePagesWithReExecute("/status/{0}");
            setup.Binance = options => options.Events.OnRemoteFailure = context =>
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
        using var signIns = SignIns(site.Services);

        var response = await site.Browser().GetAsync("/signin-binance?code=one&state=garbage");

        Assert.Equal(400, (int)response.Status);
        AssertCounted(signIns, "failed");
    }

    [Fact]
    public async Task A_failure_that_the_application_skips_is_counted_once_beside_another_scheme()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = options => options.Events.OnRemoteFailure = context =>
            {
                context.SkipHandler();
                return Task.CompletedTask;
            };
            setup.Authentication = schemes => schemes.AddBinance("Partner", options =>
            {
                (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-partner");
                options.UseServer(binance.Address);
            });
        });
        using var signIns = SignIns(site.Services);

        await site.Browser().GetAsync("/signin-binance?code=one&state=garbage");

        AssertCounted(signIns, "failed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_user_whom_the_application_rejects_is_not_a_success(bool handled)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Events.OnTicketReceived = context =>
        {
            if (handled)
            {
                context.Response.Redirect("/not-invited");
                context.HandleResponse();
            }
            else
            {
                context.SkipHandler();
            }

            return Task.CompletedTask;
        });
        using var signIns = SignIns(site.Services);
        var browser = site.Browser();

        await browser.TrySignInAsync();

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.DoesNotContain(site.Logs, record => record.Id.Name == "SignedIn");
        Assert.DoesNotContain(signIns.GetMeasurementSnapshot(), measurement => Equals(measurement.Tags["binance.outcome"], "success"));
    }

    private static MetricCollector<long> SignIns(IServiceProvider services)
        => new(services.GetRequiredService<IMeterFactory>(), "AspNet.Security.OAuth.Binance", "binance.sign_ins");

    private static void AssertCounted(MetricCollector<long> signIns, string outcome)
    {
        var counted = Assert.Single(signIns.GetMeasurementSnapshot());
        Assert.Equal(("Binance", outcome), (counted.Tags["binance.scheme"], counted.Tags["binance.outcome"]));
    }
}
