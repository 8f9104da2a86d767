namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Assertions about the responses and the session of a run, which are recorded in its row.
/// </summary>
internal static class FarmRowAssertions
{
    /// <summary>Adds responses to a signed-in user, each within this time.</summary>
    public static SiteResponse[] AddSignedIn(this FarmRow row, TimeSpan longest, params SiteResponse[] responses)
    {
        row.Add(responses);
        Assert.All(responses, response => response.AssertSignedIn());
        Assert.All(responses, response => Assert.InRange(response.Wait, TimeSpan.Zero, longest + Limits.BusyMachine));
        return responses;
    }

    /// <summary>Adds responses to a signed-in user that waited for no store and no other process.</summary>
    public static void AddAtOnce(this FarmRow row, params SiteResponse[] responses)
    {
        row.AddSignedIn(Limits.AtOnce, responses);
        Assert.InRange(responses.Min(response => response.Wait), TimeSpan.Zero, Limits.AtOnce);
    }

    /// <summary>Sends one request to each process, until all of them have new tokens.</summary>
    /// <param name="row">The row.</param>
    /// <param name="browser">Whose session it is.</param>
    /// <param name="before">The old access token.</param>
    /// <param name="longest">The longest time of a request.</param>
    /// <param name="within">The longest time until the tokens are refreshed.</param>
    public static Task UntilRefreshedAsync(this FarmRow row, FarmBrowser browser, string before, TimeSpan longest, TimeSpan within)
    {
        var farm = row.Farm;
        return Retry.UntilAsync("all processes have new tokens", within + Limits.SeveralRequests, async () =>
        {
            var responses = row.AddSignedIn(longest, await Burst.SendAsync(farm, browser, farm.Sites.Count));
            return responses.All(response => response.Session is { Length: > 0 }) || await farm.Tickets.AccessTokenAsync(browser.Session!) != before;
        });
    }

    /// <summary>The session is valid on every process, which can refresh it. Otherwise it counts as lost.</summary>
    public static Task AssertNotLostAsync(this FarmRow row, FarmBrowser browser)
    {
        // A process that waited for another one's call may write that outcome now, over the expired tokens. One that lost its connection to a store
        // during a refresh keeps that failure for a while.
        return row.RecordLossAsync(() => row.Farm.AssertCanRefreshEverywhereAsync(browser, retryFor: Limits.FailureIsKept + Limits.SeveralRequests));
    }
}
