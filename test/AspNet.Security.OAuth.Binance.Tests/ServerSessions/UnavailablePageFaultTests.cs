using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Pages for an outage that fail themselves: the response stays that of an outage, and the session stays.
/// </summary>
public sealed class UnavailablePageFaultTests
{
    private const string Page = "/unavailable";

    private static readonly Dictionary<string, RequestDelegate> _broken = new()
    {
        ["missing"] = context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        },
        ["throws"] = _ => throw new InvalidDataException("own fault"),
        ["throws after its start"] = async context =>
        {
            await context.Response.WriteAsync("one moment", context.RequestAborted);
            throw new InvalidDataException("own fault");
        },
        ["redirects"] = context =>
        {
            context.Response.Redirect("/login");
            return Task.CompletedTask;
        },
        ["needs a user"] = context => context.ChallengeAsync("Cookies"),
        ["says that all is well"] = context =>
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return context.Response.WriteAsync("all is well", context.RequestAborted);
        },
    };

    public static TheoryData<string, bool> Broken
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var fault in _broken.Keys.Where(fault => fault != "throws after its start"))
            {
                cases.Add(fault, false);
                cases.Add(fault, true);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_page_that_fails_still_responds_with_503(string fault, bool withExceptionHandler)
    {
        await using var site = await StartAsync(setup =>
        {
            setup.Pages[Page] = _broken[fault];
            if (withExceptionHandler)
            {
                setup.BeforeAuthentication = app => app.UseExceptionHandler(
                    handler => handler.Run(context => context.Response.WriteAsync("an error page", context.RequestAborted)));
            }
        });
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        ServerSite.AssertIsUnavailable(await browser.GetAsync("/session"));

        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_exception_of_a_page_is_logged()
    {
        await using var site = await StartAsync(setup => setup.Pages[Page] = _broken["throws"]);
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        await browser.GetAsync("/session");

        Assert.Contains(site.Logged(LogLevel.Error), record => record is { Id.Name: "UnavailablePageFailed", Exception: InvalidDataException });
    }

    [Fact]
    public async Task A_page_that_fails_after_its_start_aborts_the_response()
    {
        await using var site = await StartAsync(setup => setup.Pages[Page] = _broken["throws after its start"]);
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        // The in-memory server throws the page's exception, or reports an incomplete body.
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => browser.GetAsync("/session"));

        Assert.True(exception is HttpRequestException or IOException or InvalidDataException, $"{exception}");
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static Task<TestSite> StartAsync(Action<SiteSetup> configure)
        => ServerSite.StartAsync(configure, sessions => sessions.UnavailablePath = Page);
}
