using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Each sign-in creates a new key, and a successful sign-in invalidates the previous one (session fixation).
/// </summary>
public sealed class NewKeyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_previous_key_is_rejected_after_a_sign_in(bool ofAnotherProvider)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var (old, there) = (browser.Copy(), browser.Copy(farm.Second));
        var id = await browser.IdAsync();

        await (ofAnotherProvider ? browser.GetAsync("/as?user=another&scheme=Elsewhere") : browser.SignInAsync());

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.NotEqual(id, await browser.IdAsync());
        Assert.False((await old.SessionAsync()).SignedIn);
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Single(farm.Store.Tickets());
    }

    [Fact]
    public async Task A_planted_key_does_not_become_that_of_the_user_who_signs_in()
    {
        await using var site = await ServerSite.StartAsync();
        var attacker = site.Browser();
        await attacker.GetAsync("/as?user=attacker");
        var victim = attacker.Copy();

        await victim.SignInAsync();

        Assert.Equal(ServerSite.User, (await victim.SessionAsync()).UserId);
        Assert.False((await attacker.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_planted_key_whose_entry_is_lost_does_not_become_that_of_the_user_who_signs_in()
    {
        await using var site = await ServerSite.StartAsync();
        var attacker = await site.SignedInAsync();
        var victim = attacker.Copy();
        site.Store().Lose();

        await victim.SignInAsync();

        Assert.True((await victim.SessionAsync()).SignedIn);
        Assert.False((await attacker.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_key_of_the_challenge_and_that_of_the_callback_are_both_rejected_after_a_sign_in()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var atChallenge = browser.Copy();
        var atCallback = site.Browser();
        await atCallback.GetAsync("/as?user=another");
        var callback = await browser.ConsentAsync();
        browser.Jar.Add(atCallback.SessionCookie);

        await browser.ReturnFromBinanceAsync(callback);

        Assert.Equal(ServerSite.User, (await browser.SessionAsync()).UserId);
        Assert.False((await atChallenge.SessionAsync()).SignedIn);
        Assert.False((await atCallback.SessionAsync()).SignedIn);
        Assert.Single(site.Store().Tickets());
    }

    [Fact]
    public async Task Of_two_sign_ins_in_one_request_the_second_is_the_session()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/twice"] = async context =>
        {
            await context.SignInAsync("Cookies", CookieSites.User("first"));
            await context.SignInAsync("Cookies", CookieSites.User("second"));
        });
        var browser = site.Browser();

        var response = await browser.GetAsync("/twice");

        Assert.Single(response.SetCookies);
        Assert.Equal("second", (await browser.SessionAsync()).UserId);
        Assert.Single(site.Store().Tickets());
        Assert.Empty(await site.ListAsync("first", "Cookies"));
    }

    [Fact]
    public async Task An_application_that_signs_the_user_in_again_keeps_the_tokens()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/again"] = async context =>
        {
            var session = await context.AuthenticateAsync();
            await context.SignInAsync(session.Principal!, session.Properties);
        });
        var browser = await site.SignedInAsync();
        var (old, before, id) = (browser.Copy(), await browser.SessionAsync(), await browser.IdAsync());

        await browser.GetAsync("/again");

        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.NotEqual(id, await browser.IdAsync());
        Assert.False((await old.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
        Assert.Equal(await browser.IdAsync(), Assert.Single(await site.ListAsync()).Id);
        site.Clock.Pass(TimeSpan.FromHours(1));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    [Theory]
    [InlineData("out,in", true)]
    [InlineData("in,out", false)]
    public async Task A_sign_in_and_a_sign_out_in_one_request_apply_in_order(string steps, bool signedIn)
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/do"] = async context =>
        {
            foreach (var step in context.Request.Query["steps"].ToString().Split(','))
            {
                await (step == "in" ? context.SignInAsync("Cookies", CookieSites.User("another")) : context.SignOutAsync("Cookies"));
            }
        });
        var browser = await site.SignedInAsync();
        var old = browser.Copy();

        await browser.GetAsync("/do?steps=" + steps);

        Assert.Equal(signedIn ? "another" : null, (await browser.SessionAsync()).UserId);
        Assert.False((await old.SessionAsync()).SignedIn);
        Assert.Equal(signedIn ? 1 : 0, site.Store().Tickets().Count);
    }

    [Theory]
    [InlineData("the token endpoint")]
    [InlineData("OnTicketReceived")]
    [InlineData("OnSigningIn")]
    [InlineData("OnSignedIn")]
    public async Task A_callback_that_fails_keeps_the_previous_session(string place)
    {
        var isBroken = false;
        Task Reach(string reached) => isBroken && reached == place ? throw new InvalidDataException("own fault") : Task.CompletedTask;
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = _ => Reach("OnTicketReceived");
            setup.Cookie = cookie =>
            {
                cookie.Events.OnSigningIn = _ => Reach("OnSigningIn");
                cookie.Events.OnSignedIn = _ => Reach("OnSignedIn");
            };
        });
        var browser = await site.SignedInAsync();
        var (before, id) = (await browser.SessionAsync(), await browser.IdAsync());
        isBroken = true;
        if (place == "the token endpoint")
        {
            site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 5);
        }

        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());
        browser.Receive(response);

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.StartsWith("/failed?", response.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(id, await browser.IdAsync());
        Assert.Equal(id, Assert.Single(await site.ListAsync()).Id);
        Assert.Single(site.Store().Tickets());
    }

    [Fact]
    public async Task A_callback_whose_response_is_lost_ends_the_previous_session()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        // The response is lost.
        await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(await site.ListAsync());
    }
}
