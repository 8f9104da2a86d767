using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A sign-in over a session of a farm, whose cache is slow to read.
/// </summary>
public sealed class FarmReplacedSessionTests
{
    private static readonly TimeSpan _readTimeout = TimeSpan.FromSeconds(1);

    [Fact(Timeout = 40_000)]
    public async Task The_other_processes_learn_of_the_sign_in_after_a_second()
    {
        await using var farm = await Farm.StartAsync();
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        site.Tickets["next"] = site.NewTicket();
        var read = farm.Store.Commands.Hold(StoreCommand.Get, ":session:");
        var written = farm.Store.Commands.Next(StoreCommand.Set, ":session:");
        var waits = site.Clock.NextTimer(_readTimeout);

        var signIn = browser.SendAsync("/adopt?ticket=next");
        try
        {
            await read.Reached;
            await waits;
            site.Clock.Pass(_readTimeout);
            await written;
        }
        finally
        {
            read.Release();
        }

        browser.Receive(await signIn);
        Assert.Equal("adopted", (await browser.SessionAsync()).UserId);
    }
}
