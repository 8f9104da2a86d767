using AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm;

/// <summary>
/// Invalid settings stop the site with a message.
/// </summary>
public sealed class FarmSettingsTests
{
    private const string Redis = "ConnectionStrings:Redis";
    private const string Postgres = "ConnectionStrings:Postgres";

    [Theory(Timeout = WebFarm.Timeout)]
    [InlineData(Redis, "127.0.0.1:1,passwort=not-to-be-repeated")]
    [InlineData(Postgres, "Host=127.0.0.1;Passwort=not-to-be-repeated")]
    [InlineData(Postgres, "postgres://site:not-to-be-repeated@127.0.0.1/site")]
    [InlineData(Postgres, "Username=site;Password=not-to-be-repeated")]
    [InlineData(Postgres, "Host=127.0.0.1;Port=not-to-be-repeated")]
    public async Task Invalid_connection_string_stops_the_site_and_is_not_repeated(string name, string value)
    {
        var message = await StopAsync((Redis, "127.0.0.1:1"), (name, value));

        Assert.Contains($"{name} is not", message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-repeated", message, StringComparison.Ordinal);
    }

    [Fact(Timeout = WebFarm.Timeout)]
    public async Task Lock_without_a_cache_stops_the_site()
        => Assert.Contains("need ConnectionStrings:Redis", await StopAsync((Postgres, "Host=127.0.0.1;Port=1")), StringComparison.Ordinal);

    private static async Task<string> StopAsync(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["Authentication:Schemes:Binance:ClientId"] = "client",
            ["Authentication:Schemes:Binance:ClientSecret"] = "secret",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(() => FarmSite.StartAsync(all, TestContext.Current.CancellationToken));
        return stopped.Message;
    }
}
