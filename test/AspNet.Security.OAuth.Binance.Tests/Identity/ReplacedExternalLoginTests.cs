using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A browser that returns from Binance twice before it signs in: the second external login replaces the first one in the cookie.
/// </summary>
public sealed class ReplacedExternalLoginTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    // The process that replaced the login knows that. Another one finds it in the cache.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_of_a_copy_of_a_replaced_login_revokes_its_token(bool elsewhere)
    {
        await using var farm = await _database.StartFarmAsync();
        var browser = new AccountBrowser(farm.First);
        var replaced = await browser.ArriveAsync();
        var copy = browser.Copy(elsewhere ? farm.Second : farm.First);
        await browser.ArriveAsync();
        farm.First.Clock.Pass(TimeSpan.FromSeconds(1));

        await copy.Browser.GetAsync("/Login");

        Assert.Equal([replaced], farm.First.Revoked());
    }
}
