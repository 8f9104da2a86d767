using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// One session is ended from outside: "sign out on this device".
/// </summary>
public sealed class EndSessionTests
{
    [Fact]
    public async Task It_is_over_in_every_process_at_once_and_the_others_live()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (browser, other) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        var there = browser.Copy(farm.Second);
        var token = (await there.SessionAsync()).AccessToken;

        Assert.True(await farm.First.EndAsync(await browser.IdAsync()));

        var answers = new[] { await there.GetAsync("/session"), await browser.GetAsync("/session") };
        Assert.All(answers, answer => Assert.False(answer.Session.SignedIn));
        Assert.All(answers, answer => Assert.Empty(answer.SetCookies));
        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal("Bearer " + token, Assert.Single(farm.First.Revocations).Authorization);
    }

    [Fact]
    public async Task The_user_signs_in_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await site.EndAsync(await browser.IdAsync());

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(await site.ListAsync());
    }

    [Fact]
    public async Task Its_newest_token_is_revoked()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        var newest = (await browser.SessionAsync()).AccessToken;

        await site.EndAsync(await browser.IdAsync());

        var revocation = Assert.Single(site.Revocations);
        Assert.Equal(("Bearer " + newest, 200), (revocation.Authorization, revocation.Status));
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Without_revoke_on_sign_out_no_token_is_revoked()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var browser = await site.SignedInAsync();

        Assert.True(await site.EndAsync(await browser.IdAsync()));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task A_revocation_that_fails_ends_it_all_the_same()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503), times: 5);

        Assert.True(await site.EndAsync(await browser.IdAsync()));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Contains(site.Logged(LogLevel.Warning), record => record.Id.Name == "RevocationFailed");
    }

    [Fact]
    public async Task The_id_of_another_user_s_session_ends_nothing()
    {
        await using var site = await ServerSite.StartAsync();
        await site.SignedInAsync();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var other = await site.SignedInAsync();

        Assert.False(await site.EndAsync(await other.IdAsync()));

        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("../generation")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task An_id_that_nobody_has_ends_nothing(string id)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        Assert.False(await site.EndAsync(id));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_ends_once()
    {
        await using var site = await ServerSite.StartAsync();
        var id = await (await site.SignedInAsync()).IdAsync();

        Assert.True(await site.EndAsync(id));
        Assert.False(await site.EndAsync(id));

        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task A_session_that_was_signed_out_of_is_not_ended_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var id = await browser.IdAsync();
        await browser.GetAsync("/sign-out");

        Assert.False(await site.EndAsync(id));

        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task Ten_who_end_it_at_once_revoke_its_token_once()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var id = await browser.IdAsync();

        var ended = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => site.EndAsync(id))));

        Assert.Contains(true, ended);
        Assert.Single(site.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    // At the very same moment each of two processes may be the one that revokes, which a revoked token does not mind.
    [Fact]
    public async Task Two_processes_that_end_it_at_once_revoke_its_token_alone()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (browser, other) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        var (id, token) = (await browser.IdAsync(), (await browser.SessionAsync()).AccessToken);
        var processes = new[] { farm.First, farm.Second };

        var ended = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => processes[i % 2].EndAsync(id))));

        Assert.Contains(true, ended);
        Assert.Equal("Bearer " + token, Assert.Single(farm.First.Revocations.Select(request => request.Authorization).Distinct()));
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.True((await other.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_under_way_that_writes_it_again_does_not_revive_it(bool afterwards)
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var (id, there) = (await browser.IdAsync(), browser.Copy(farm.Second));
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        var write = farm.Store.Commands.Hold(StoreCommand.Set, ServerSite.Ticket, afterwards);
        var slow = there.SendAsync("/session");
        await write.Reached;

        Assert.True(await farm.First.EndAsync(id));
        write.Release();
        await slow;

        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task A_refresh_under_way_in_this_process_leaves_no_token()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var browser = await farm.First.SignedInAsync();
        var id = await browser.IdAsync();
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        var ended = farm.Store.Commands.Next(StoreCommand.Remove, ServerSite.Ticket);
        var ending = farm.First.EndAsync(id);
        await ended;
        hold.Release();
        await ending;
        await page;

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        Assert.Empty(farm.Store.Tickets());
    }

    [Fact]
    public async Task A_session_of_another_provider_ends_without_binance()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        Assert.True(await site.EndAsync(await browser.IdAsync(), "another", "Elsewhere"));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }
}
