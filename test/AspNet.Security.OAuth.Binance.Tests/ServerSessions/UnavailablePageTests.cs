using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The application's own page for an outage. It is made in the request that failed, for a visitor that nobody knows.
/// </summary>
public sealed class UnavailablePageTests
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
        ["throws after its beginning"] = async context =>
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
            foreach (var fault in _broken.Keys.Where(fault => fault != "throws after its beginning"))
            {
                cases.Add(fault, false);
                cases.Add(fault, true);
            }

            return cases;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_made_with_the_status_of_an_outage(bool post)
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var answer = await (post ? browser.PostAsync("/sign-out?a=b") : browser.GetAsync("/members?a=b"));

        AssertIsUnavailable(answer);
        Assert.Equal("GET /unavailable, user: no, ticket: no, body: 0", answer.Body);
    }

    [Fact]
    public async Task A_form_is_not_read_by_it()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site.Address, "/sign-out"))
        {
            Content = new FormUrlEncodedContent([new("field", "value")]),
        };
        request.Headers.Add("Cookie", browser.CookieHeader);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var answer = await SiteAnswer.ReadAsync(response);
        AssertIsUnavailable(answer);
        Assert.StartsWith("GET /unavailable, user: no, ticket: no", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_for_anybody_who_opens_it_and_no_outage_then()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();

        var answer = await browser.GetAsync(Page);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith("GET /unavailable, user: yes, ticket: yes", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_the_page_itself_gets_it_in_an_outage()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var answer = await browser.GetAsync(Page);

        AssertIsUnavailable(answer);
        Assert.StartsWith("GET /unavailable, user: no", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_page_that_cannot_be_made_is_an_outage_all_the_same(string fault, bool withExceptionHandler)
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

        AssertIsUnavailable(await browser.GetAsync("/session"));

        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_page_that_breaks_after_its_beginning_has_the_status_of_an_outage_or_none()
    {
        await using var site = await StartAsync(setup => setup.Pages[Page] = _broken["throws after its beginning"]);
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        SiteAnswer? answer = null;
        try
        {
            answer = await browser.GetAsync("/session");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            // The connection is cut: half a page is none.
        }

        Assert.True(answer is null or { Status: HttpStatusCode.ServiceUnavailable });
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The cache fails in the middle: the user was known already when the request began.
    [Theory]
    [InlineData(0)]
    [InlineData(8)] // The session slides in this request.
    public async Task A_sign_out_that_cannot_be_written_gets_it_as_a_visitor_too(int days)
    {
        await using var site = await StartAsync(setup =>
        {
            setup.Binance = options => options.AutomaticRefresh = false;
            setup.Persist();
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromDays(days));
        site.Store().Commands.Before = (command, _) => command is StoreCommand.Get
            ? Task.CompletedTask
            : Task.FromException(new InvalidOperationException("the connection is lost"));

        var answer = await browser.PostAsync("/sign-out");

        AssertIsUnavailable(answer);
        Assert.StartsWith("GET /unavailable, user: no, ticket: no", answer.Body, StringComparison.Ordinal);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task A_page_of_an_endpoint_is_found_by_routing()
    {
        await using var site = await StartAsync(setup =>
        {
            setup.Pages.Remove(Page);
            setup.Add(services => services.AddRouting());
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapGet(Page, () => "an endpoint"));
        });
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var answer = await browser.PostAsync("/anything");

        AssertIsUnavailable(answer);
        Assert.Equal("an endpoint", answer.Body);
    }

    [Fact]
    public async Task It_is_made_below_the_path_that_the_site_is_mounted_at()
    {
        await using var site = await StartAsync(setup => setup.BeforeAuthentication = app => app.UsePathBase("/shop"));
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var answer = await browser.GetAsync("/shop/members");

        AssertIsUnavailable(answer);
        Assert.StartsWith("GET /unavailable, user: no", answer.Body, StringComparison.Ordinal);
    }

    private static Task<LifetimeSite> StartAsync(Action<LifetimeSetup>? configure = null) => ServerSite.StartAsync(
        setup =>
        {
            setup.Pages[Page] = ServeAsync;
            configure?.Invoke(setup);
        },
        sessions => sessions.UnavailablePath = Page);

    private static async Task ServeAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync("Cookies");
        var user = context.User.Identity is { IsAuthenticated: true } ? "yes" : "no";
        await context.Response.WriteAsync(
            $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}, user: {user}, "
            + $"ticket: {(ticket.Succeeded ? "yes" : "no")}, body: {context.Request.ContentLength ?? 0}",
            context.RequestAborted);
    }

    private static void AssertIsUnavailable(SiteAnswer answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.RetryAfter);
        Assert.True(answer.CacheControl.NoStore);
        Assert.Empty(answer.SetCookies);
    }
}
