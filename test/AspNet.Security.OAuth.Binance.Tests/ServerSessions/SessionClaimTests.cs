using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.HttpClients;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The claim by which a user is found again without a request: there is one, of the session of now, whatever an application does to the user, and
/// it is in nothing that leaves the server.
/// </summary>
public sealed class SessionClaimTests
{
    private const string ClaimType = ".binance.session";

    [Fact]
    public async Task A_claims_transformation_that_clones_the_user_keeps_it()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Add(services => services.AddTransient<IClaimsTransformation, Cloning>()));
        var browser = await hub.Site.SignedInAsync();

        var user = await hub.UserAsync(browser);

        Assert.True(user.HasClaim("role", "added"));
        await AssertIsOfAsync(hub, browser, user);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_application_that_replaces_the_user_of_a_cookie_keeps_it(bool renews)
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.ReplacePrincipal(new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, ServerSite.User), new("name", "replaced")], "application")));
            context.ShouldRenew = renews;
            return Task.CompletedTask;
        });
        var browser = await hub.Site.SignedInAsync();
        for (var request = 0; request < 3; request++)
        {
            var user = await hub.UserAsync(browser);

            Assert.True(user.HasClaim("name", "replaced"));
            await AssertIsOfAsync(hub, browser, user);
        }
    }

    [Fact]
    public async Task Ten_renewals_leave_one()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.ShouldRenew = true;
            return Task.CompletedTask;
        });
        var browser = await hub.Site.SignedInAsync();
        for (var renewal = 0; renewal < 10; renewal++)
        {
            var written = hub.Site.Store().TicketWrites().Count;
            await browser.GetAsync("/session");
            Assert.Equal(written + 1, hub.Site.Store().TicketWrites().Count);
        }

        await AssertIsOfAsync(hub, browser, await hub.UserAsync(browser));
    }

    [Fact]
    public async Task A_sign_in_with_the_user_of_the_request_has_that_of_the_new_session()
    {
        await using var hub = await HubSite.StartAsync(AddAgain);
        var browser = await hub.Site.SignedInAsync();
        var (before, beforeId) = (await hub.UserAsync(browser), await browser.IdAsync());

        await browser.GetAsync("/again");

        Assert.NotEqual(beforeId, await browser.IdAsync());
        var user = await hub.UserAsync(browser);
        await AssertIsOfAsync(hub, browser, user);
        Assert.False(await hub.Site.Sessions().IsLiveAsync(before, TestContext.Current.CancellationToken));
        await using var circuit = new TestCircuit(hub.Site, user);
        Assert.Equal("answered", await circuit.CallAsync());
    }

    // Else the end of the session that the user was copied from would sign out the circuits of the other cookie.
    [Fact]
    public async Task A_sign_in_to_a_cookie_that_keeps_its_sessions_itself_has_none()
    {
        await using var hub = await HubSite.StartAsync(
            setup =>
            {
                setup.Authentication = static (builder, _) => builder.AddCookie("Other");
                AddAgain(setup);
            },
            null,
            "Cookies");
        var browser = await hub.Site.SignedInAsync();
        var id = await browser.IdAsync();

        Assert.Equal(id, (await browser.GetAsync("/again?cookie=Other")).Body);

        var user = await hub.UserAsync(browser, "Other");
        Assert.True(user.Identity!.IsAuthenticated);
        Assert.Empty(user.FindAll(ClaimType));
        Assert.DoesNotContain(hub.Site.CookieOptions("Other").TicketDataFormat.Unprotect(browser.Cookie(".AspNetCore.Other"))!.Principal.Claims, claim => claim.Type == ClaimType);
        await AssertIsOfAsync(hub, browser, await hub.UserAsync(browser));
    }

    [Fact]
    public async Task Sessions_in_the_cookie_have_none()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync(AddAgain);
        var browser = await hub.Site.SignedInAsync();
        await browser.GetAsync("/again");

        Assert.Empty((await hub.UserAsync(browser)).FindAll(ClaimType));
        Assert.DoesNotContain(hub.Site.Ticket(browser.Cookie(SiteAnswer.CookieName)).Principal.Claims, claim => claim.Type == ClaimType);
    }

    [Fact]
    public async Task A_sign_in_leaves_the_user_of_its_request_as_it_was()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Pages["/again"] = async context =>
        {
            await context.SignInAsync("Cookies", context.User);
            await context.Response.WriteAsync(string.Join(',', context.User.FindAll(ClaimType).Select(claim => claim.Value)));
        });
        var browser = await hub.Site.SignedInAsync();
        var id = await browser.IdAsync();

        Assert.Equal(id, (await browser.GetAsync("/again")).Body);
    }

    [Fact]
    public async Task The_page_of_the_user_does_not_show_it()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.AfterAuthentication = static app
            => app.UseRouting().UseAuthorization().UseEndpoints(static endpoints => endpoints.MapGroup("/auth").MapBinanceLogin()));
        var browser = await hub.Site.SignedInAsync();

        var answer = await browser.GetAsync("/auth/user");

        Assert.Contains(ServerSite.User, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(await browser.IdAsync(), answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(ClaimType, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_provider_s_session_has_one_too()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = hub.Site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        await AssertIsOfAsync(hub, browser, await hub.UserAsync(browser));
    }

    [Fact]
    public async Task A_user_whom_the_application_rejects_has_none()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        });

        Assert.Empty((await hub.UserAsync(await hub.Site.SignedInAsync())).Claims);
    }

    private static void AddAgain(LifetimeSetup setup) => setup.Pages["/again"] = async context =>
    {
        var properties = (await context.AuthenticateAsync("Cookies")).Properties!;
        await context.SignInAsync(context.Request.Query["cookie"].FirstOrDefault("Cookies"), context.User, new AuthenticationProperties(properties.Items.ToDictionary()));
        await context.Response.WriteAsync(string.Join(',', context.User.FindAll(ClaimType).Select(claim => claim.Value)));
    };

    private static async Task AssertIsOfAsync(HubSite hub, LifetimeBrowser browser, ClaimsPrincipal user)
    {
        var claim = Assert.Single(user.FindAll(ClaimType));
        Assert.Equal((await browser.IdAsync(), "Cookies"), (claim.Value, claim.Issuer));
        Assert.True(await hub.Site.Sessions().IsLiveAsync(user, TestContext.Current.CancellationToken));
    }

    private sealed class Cloning : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            var clones = principal.Identities.Select(identity => identity.Clone()).ToArray();
            clones[0].AddClaim(new("role", "added"));
            return Task.FromResult(new ClaimsPrincipal(clones));
        }
    }
}
