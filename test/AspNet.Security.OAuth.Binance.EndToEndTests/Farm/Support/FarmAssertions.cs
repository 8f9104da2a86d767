using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

internal static class FarmAssertions
{
    /// <summary>What a warning of the provider looks like on the console.</summary>
    public const string Warning = "warn: AspNet.Security.OAuth.Binance.";

    /// <summary>What an error of the provider looks like on the console.</summary>
    public const string Error = "fail: AspNet.Security.OAuth.Binance.";

    public static void IsSignedIn(this Answer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(BinanceEmulatorDefaults.UserId, answer.ReadUserId());
    }

    public static async Task IsSignedInEverywhereAsync(this Visitor visitor, WebFarm farm)
    {
        foreach (var site in farm.Sites)
        {
            (await visitor.MeAsync(site, visitor.Session!)).IsSignedIn();
        }
    }

    /// <summary>A copy of a session's cookie opens nothing on any process.</summary>
    public static async Task IsNobodyAnywhereAsync(this Visitor visitor, WebFarm farm, string copy)
    {
        foreach (var site in farm.Sites)
        {
            var answer = await visitor.MeAsync(site, copy);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Empty(answer.SetCookies);
        }
    }

    /// <summary>A copy of a session's cookie opens nothing on any process, and none of them makes a new cookie of it.</summary>
    public static async Task OpensNothingAnywhereAsync(this Visitor visitor, WebFarm farm, string copy)
    {
        foreach (var site in farm.Sites)
        {
            var answer = await visitor.MeAsync(site, copy);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.True(string.IsNullOrEmpty(answer.Session));
        }
    }

    /// <summary>The session that these answers renewed is good on every process.</summary>
    public static Task KnowsEverywhereAsync(this WebFarm farm, Visitor visitor, IEnumerable<Answer> answers)
    {
        visitor.Session = answers.Last(answer => answer.Session is { Length: > 0 }).Session;
        return farm.KnowsEverywhereAsync(visitor);
    }

    /// <summary>
    /// The visitor's session is good on every process without another refresh, and its refresh token is the living one: it can be
    /// refreshed on every process, too.
    /// </summary>
    public static async Task KnowsEverywhereAsync(this WebFarm farm, Visitor visitor)
    {
        var calls = farm.RefreshCalls;
        foreach (var site in farm.Sites)
        {
            (await visitor.GetAsync(site, "/api/me")).IsSignedIn();
        }

        Assert.Equal(calls, farm.RefreshCalls);
        foreach (var site in farm.Sites)
        {
            await visitor.AgeAsync();
            (await visitor.GetAsync(site, "/api/me")).IsSignedIn();
        }

        Assert.Equal(calls + farm.Sites.Count, farm.RefreshCalls);
    }

    /// <summary>Waits until the provider has warned in so many processes.</summary>
    public static async Task WarnsAsync(this WebFarm farm, int count, CancellationToken cancellationToken)
    {
        var warned = farm.Sites.Select(site => site.WaitForLinesAsync(Warning, 1, cancellationToken)).ToList();
        for (; count > 0; count--)
        {
            warned.Remove(await Task.WhenAny(warned));
        }
    }

    /// <summary>Sends requests until something has happened.</summary>
    public static async Task UntilAsync(this WebFarm farm, Func<bool> happened)
    {
        var newcomer = farm.NewVisitor();
        while (!happened())
        {
            await newcomer.GetAsync(farm.Sites[0], "/");
        }
    }

    /// <summary>Starts Redis again and waits until these processes have noticed.</summary>
    public static async Task RedisComesBackAsync(this WebFarm farm, IEnumerable<FarmSite> sites, CancellationToken cancellationToken)
    {
        const string Back = "Redis is back";
        var before = sites.Select(site => (Site: site, Count: site.CountLines(Back))).ToList();
        await farm.Redis.StartAgainAsync(cancellationToken);
        await Task.WhenAll(before.Select(noticed => noticed.Site.WaitForLinesAsync(Back, noticed.Count + 1, cancellationToken)));
    }
}
