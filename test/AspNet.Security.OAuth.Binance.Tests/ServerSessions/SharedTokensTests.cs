using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Two sessions of a user may have the same tokens, which are revoked with the last of them.
/// </summary>
public sealed class SharedTokensTests
{
    [Fact]
    public async Task Ending_one_session_keeps_the_tokens_of_the_other()
    {
        await using var site = await ServerSite.StartAsync();
        var (one, other) = await TwoAsync(site);

        Assert.True(await site.EndAsync(await one.IdAsync()));

        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task Ending_the_last_session_revokes_the_tokens()
    {
        await using var site = await ServerSite.StartAsync();
        var (one, other) = await TwoAsync(site);

        await site.EndAsync(await one.IdAsync());
        await site.EndAsync(await other.IdAsync());

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Ending_all_sessions_revokes_the_tokens_once()
    {
        await using var site = await ServerSite.StartAsync();
        await TwoAsync(site);

        await site.EndAllAsync();

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Two_sessions_that_end_concurrently_revoke_the_tokens()
    {
        await using var site = await ServerSite.StartAsync();
        var browsers = await TwoAsync(site);
        var (first, second) = (await browsers.One.IdAsync(), await browsers.Other.IdAsync());
        var hold = site.Store().Commands.Hold(StoreCommand.Set, ":ended:" + first);
        var ending = site.EndAsync(first);
        await hold.Reached;

        // It may wait for the first one.
        var other = site.EndAsync(second);
        hold.Release();

        Assert.True(await ending && await other);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_cookies_of_one_browser_that_end_concurrently_revoke_the_tokens()
    {
        await using var site = await ServerSite.StartAsync(
            setup =>
            {
                setup.Authentication = builder => builder.AddCookie("Other");
                setup.Pages["/copy"] = async context =>
                {
                    var session = await context.AuthenticateAsync("Cookies");
                    await context.SignInAsync("Other", session.Principal!, new AuthenticationProperties(session.Properties!.Items.ToDictionary()));
                };
            },
            null,
            "Cookies",
            "Other");
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/copy");
        var ids = (await site.ListAsync()).Select(session => session.Id).ToArray();
        Assert.Equal(2, ids.Length);
        var (arrived, release) = (new CallCounter(), new TaskCompletionSource());
        var both = arrived.Next(2);
        site.Store().InsteadOfWrite = () =>
        {
            arrived.Add();
            return release.Task;
        };

        var ends = ids.Select(id => Task.Run(() => site.EndAsync(id))).ToArray();
        await both;
        site.Store().InsteadOfWrite = null;
        release.SetResult();
        await Task.WhenAll(ends);

        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    private static async Task<(SiteBrowser One, SiteBrowser Other)> TwoAsync(TestSite site)
    {
        var same = site.Emulator.Tokens.Issue();
        var response = $$"""{"access_token":"{{same.AccessToken}}","refresh_token":"{{same.RefreshToken}}","expires_in":3600}""";
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(response), times: 2);
        return (await site.SignedInAsync(), await site.SignedInAsync());
    }
}
