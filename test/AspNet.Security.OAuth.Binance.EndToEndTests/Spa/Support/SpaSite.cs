extern alias spa;

using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Spa.Support;

/// <summary>
/// The sample of a single-page app, <c>sample-spa</c>.
/// </summary>
public sealed class SpaSite : SiteHost<spa::Program>
{
    private readonly Action<IServiceCollection>? _configure;

    private SpaSite(Action<IServiceCollection>? configure) => _configure = configure;

    public BinanceSessions Sessions => Services.GetRequiredService<BinanceSessions>();

    public int RefreshCalls => Binance.Requests.Count(request => request.GrantType == "refresh_token");

    public static SpaSite Start(Action<IServiceCollection>? configure = null) => Start(new SpaSite(configure));

    protected override void ConfigureServices(IServiceCollection services) => _configure?.Invoke(services);
}
