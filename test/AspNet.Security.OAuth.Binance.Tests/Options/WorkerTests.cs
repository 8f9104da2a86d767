using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// A process without a web server, which refreshes users' tokens and has no sign-in.
/// </summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task A_worker_that_uses_tokens_only_starts_without_a_cookie()
    {
        using var binance = new BinanceStub();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication().AddBinance(options =>
        {
            (options.ClientId, options.ClientSecret) = (TestSite.ClientId, TestSite.ClientSecret);
            options.UseServer(binance.Address);
        });
        using var worker = builder.Build();

        await worker.StartAsync(TestContext.Current.CancellationToken);

        var tokens = worker.Services.GetRequiredService<BinanceTokenService>();
        Assert.Equal(Responses.AccessToken, (await tokens.RefreshTokensAsync("a-refresh-token", cancellationToken: TestContext.Current.CancellationToken)).AccessToken);
    }
}
