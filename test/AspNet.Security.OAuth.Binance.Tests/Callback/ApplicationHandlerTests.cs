using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Exceptions of the application's own code in a sign-in.
/// </summary>
public sealed class ApplicationHandlerTests
{
    [Fact]
    public Task A_creating_ticket_handler_that_throws_ends_at_the_failure_path_and_is_logged()
        => ExpectUnknownAsync(options => options.Events.OnCreatingTicket = _ => throw new InvalidDataException("own fault"));

    [Fact]
    public Task A_claim_action_that_throws_ends_at_the_failure_path_and_is_logged()
        => ExpectUnknownAsync(options => options.ClaimActions.MapCustomJson("own", _ => throw new InvalidDataException("own fault")));

    [Fact]
    public Task A_failure_handler_that_sets_another_failure_ends_at_the_failure_path_and_is_logged()
        => ExpectUnknownAsync(options =>
        {
            options.Events.OnCreatingTicket = _ => throw new InvalidOperationException("first");
            options.Events.OnRemoteFailure = context =>
            {
                context.Failure = new InvalidDataException("own fault");
                return Task.CompletedTask;
            };
        });

    [Fact]
    public async Task Without_a_failure_path_the_application_s_exception_is_the_inner_exception_of_the_framework_s()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.FailurePath = default;
            options.Events.OnCreatingTicket = _ => throw new InvalidDataException("own fault");
        });

        var exception = await Assert.ThrowsAsync<AuthenticationFailureException>(() => site.Browser().SignInAsync());

        Assert.IsType<InvalidDataException>(exception.InnerException);
    }

    [Fact]
    public async Task A_ticket_received_handler_may_write_the_response()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options
            => options.Events.OnTicketReceived = context =>
            {
                context.Response.Redirect("/own?was=" + context.ReturnUri);
                context.HandleResponse();
                return Task.CompletedTask;
            });
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        Assert.Equal("/own?was=/orders", response.Location!.OriginalString);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static async Task ExpectUnknownAsync(Action<BinanceAuthenticationOptions> configure)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = configure);
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        Assert.Equal("/failed?failure=unknown&returnUrl=%2Forders", response.Location!.OriginalString);
        Assert.False((await browser.SessionAsync()).SignedIn);
        var record = Assert.Single(site.Logs, log => log.Level >= LogLevel.Warning);
        Assert.Equal(LogLevel.Error, record.Level);
        Assert.IsType<InvalidDataException>(record.Exception);
    }
}
