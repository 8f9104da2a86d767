using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The claim by which a session is found without a request: a user has one, of the current session, whatever the application does to the
/// user, and it never leaves the server.
/// </summary>
public sealed class SessionClaimTests
{
    private const string ClaimType = ".binance.session";

    [Fact]
    public async Task A_claims_transformation_that_clones_the_user_keeps_the_claim()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Add(services => services.AddTransient<IClaimsTransformation, Cloning>()));
        var browser = await hub.Site.SignedInAsync();

        var user = await hub.UserAsync(browser);

        Assert.True(user.HasClaim("role", "added"));
        await AssertHasClaimOfAsync(hub, browser, user);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replaced_principal_has_the_claim(bool renews)
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
            await AssertHasClaimOfAsync(hub, browser, user);
        }
    }

    [Fact]
    public async Task Ten_renewals_leave_one_claim()
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

        await AssertHasClaimOfAsync(hub, browser, await hub.UserAsync(browser));
    }

    [Fact]
    public async Task A_sign_in_with_the_request_s_user_has_the_claim_of_the_new_session()
    {
        await using var hub = await HubSite.StartAsync(AddAgain);
        var browser = await hub.Site.SignedInAsync();
        var (before, beforeId) = (await hub.UserAsync(browser), await browser.IdAsync());

        await browser.GetAsync("/again");

        Assert.NotEqual(beforeId, await browser.IdAsync());
        var user = await hub.UserAsync(browser);
        await AssertHasClaimOfAsync(hub, browser, user);
        Assert.False(await hub.Site.Sessions().IsLiveAsync(before, TestContext.Current.CancellationToken));
        await using var circuit = new TestCircuit(hub.Site, user);
        Assert.Equal("called", await circuit.CallAsync());
    }

    // Otherwise the end of the first session would sign out the circuits of the other cookie.
    [Fact]
    public async Task A_sign_in_to_a_cookie_without_server_sessions_removes_the_claim()
    {
        await using var hub = await HubSite.StartAsync(
            setup =>
            {
                setup.Authentication = static builder => builder.AddCookie("Other");
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
        await AssertHasClaimOfAsync(hub, browser, await hub.UserAsync(browser));
    }

    [Fact]
    public async Task A_session_in_the_cookie_has_no_claim()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync(AddAgain);
        var browser = await hub.Site.SignedInAsync();
        await browser.GetAsync("/again");

        Assert.Empty((await hub.UserAsync(browser)).FindAll(ClaimType));
        Assert.DoesNotContain(hub.Site.Ticket(browser.Cookie(SiteResponse.CookieName)).Principal.Claims, claim => claim.Type == ClaimType);
    }

    [Fact]
    public async Task A_sign_in_does_not_change_the_user_of_its_request()
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
    public async Task A_sign_in_with_a_user_of_the_application_s_own_passes_it_on_unchanged()
    {
        var user = CookieSites.User("own");
        ClaimsPrincipal? signedIn = null;
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnSignedIn = context =>
            {
                signedIn = context.Principal;
                return Task.CompletedTask;
            };
            setup.Pages["/own"] = context => context.SignInAsync("Cookies", user);
        });

        await site.Browser().GetAsync("/own");

        Assert.Same(user, signedIn);
    }

    [Fact]
    public async Task The_user_endpoint_does_not_return_the_claim()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.AfterAuthentication = static app
            => app.UseRouting().UseAuthorization().UseEndpoints(static endpoints => endpoints.MapGroup("/auth").MapBinanceLogin()));
        var browser = await hub.Site.SignedInAsync();

        var response = await browser.GetAsync("/auth/user");

        Assert.Contains(ServerSite.User, response.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(await browser.IdAsync(), response.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(ClaimType, response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_provider_s_session_has_the_claim()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = hub.Site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        await AssertHasClaimOfAsync(hub, browser, await hub.UserAsync(browser));
    }

    [Fact]
    public async Task A_rejected_user_has_no_claim()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = context =>
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        });

        Assert.Empty((await hub.UserAsync(await hub.Site.SignedInAsync())).Claims);
    }

    // For example an administrator who acts as another user.
    [Fact]
    public async Task A_request_whose_user_has_a_copy_of_another_user_s_claim_sends_no_token()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.AfterAuthentication = static app => app.Use(static (context, next) =>
        {
            context.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "another"), .. context.User.FindAll(ClaimType)], "application"));
            return next(context);
        }));
        var browser = await hub.Site.SignedInAsync();

        var response = await browser.GetAsync("/call");

        Assert.Contains(nameof(AuthorizeAttribute.AuthenticationSchemes), response.Body, StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
    }

    private static void AddAgain(SiteSetup setup) => setup.Pages["/again"] = async context =>
    {
        var properties = (await context.AuthenticateAsync("Cookies")).Properties!;
        await context.SignInAsync(context.Request.Query["cookie"].FirstOrDefault("Cookies"), context.User, new AuthenticationProperties(properties.Items.ToDictionary()));
        await context.Response.WriteAsync(string.Join(',', context.User.FindAll(ClaimType).Select(claim => claim.Value)));
    };

    private static async Task AssertHasClaimOfAsync(HubSite hub, SiteBrowser browser, ClaimsPrincipal user)
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
