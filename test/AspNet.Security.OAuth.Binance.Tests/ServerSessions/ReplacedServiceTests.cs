using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An application that replaces the service in its unit tests.
/// </summary>
public sealed class ReplacedServiceTests
{
    [Fact]
    public async Task A_service_of_the_applications_unit_tests_takes_the_place_of_ours()
    {
        await using var site = await ApplicationSites.StartAsync(setup => setup.Services = services => services.AddSingleton<BinanceSessions, Replacement>());

        Assert.Empty(await site.Sessions().ListAsync("anybody", cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_unit_test_can_make_the_sessions_that_its_own_service_lists()
        => Assert.NotEmpty(typeof(BinanceSessionInfo).GetConstructors(BindingFlags.Public | BindingFlags.Instance));

    private sealed class Replacement : BinanceSessions
    {
        public override Task<IReadOnlyList<BinanceSessionInfo>> ListAsync(string userId, string scheme, CancellationToken cancellationToken)
            => Task.FromResult<IReadOnlyList<BinanceSessionInfo>>([]);
    }
}
