using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// One session is ended by its id: "sign out on this device".
/// </summary>
public sealed class EndSessionTests
{
    [Fact]
    public async Task An_ended_session_is_rejected_in_every_process_and_others_stay()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (browser, other) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        var there = browser.Copy(farm.Second);
        var token = (await there.SessionAsync()).AccessToken;

        Assert.True(await farm.First.EndAsync(await browser.IdAsync()));

        var responses = new[] { await there.GetAsync("/session"), await browser.GetAsync("/session") };
        Assert.All(responses, response => Assert.False(response.Session.SignedIn));
        Assert.All(responses, response => Assert.Empty(response.SetCookies));
        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal("Bearer " + token, Assert.Single(farm.First.Revocations).Authorization);
    }

    [Fact]
    public async Task The_user_can_sign_in_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        await site.EndAsync(await browser.IdAsync());

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(await site.ListAsync());
    }

    [Fact]
    public async Task The_newest_token_is_revoked()
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
    public async Task A_session_ends_when_its_revocation_fails()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503), times: 5);

        Assert.True(await site.EndAsync(await browser.IdAsync()));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Contains(site.Logged(LogLevel.Warning), record => record.Id.Name == "RevocationFailed");
    }

    [Fact]
    public async Task The_id_of_another_user_s_session_is_ignored()
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
    public async Task An_unknown_id_is_ignored(string id)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        Assert.False(await site.EndAsync(id));

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_session_can_be_ended_once()
    {
        await using var site = await ServerSite.StartAsync();
        var id = await (await site.SignedInAsync()).IdAsync();

        Assert.True(await site.EndAsync(id));
        Assert.False(await site.EndAsync(id));

        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task A_signed_out_session_cannot_be_ended_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var id = await browser.IdAsync();
        await browser.GetAsync("/sign-out");

        Assert.False(await site.EndAsync(id));

        Assert.Single(site.Revocations);
    }

    [Fact]
    public async Task A_session_of_another_provider_ends_without_a_revocation()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?user=another&scheme=Elsewhere");

        Assert.True(await site.EndAsync(await browser.IdAsync(), "another", "Elsewhere"));

        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }
}
