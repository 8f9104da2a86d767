namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// Follows the redirects of a sign-in at an emulator that approves automatically.
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
