namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// A browser without pages, at an emulator that approves: it follows redirects.
/// </summary>
internal static class Visit
{
    public static async Task FollowAsync(string address)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }
}
