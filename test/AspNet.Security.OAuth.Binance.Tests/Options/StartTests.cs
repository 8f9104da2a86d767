using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

public sealed class StartTests
{
    [Fact]
    public async Task A_site_with_wrong_options_does_not_start()
    {
        await using var site = Build([]);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => site.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Authentication:Schemes:Binance:ClientId", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_with_a_wrong_setting_does_not_start()
    {
        await using var site = Build(new()
        {
            ["Authentication:Schemes:Binance:ClientId"] = "id",
            ["Authentication:Schemes:Binance:ClientSecret"] = "secret",
            ["Authentication:Schemes:Binance:UsePkce"] = "perhaps",
        });

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => site.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Authentication:Schemes:Binance:UsePkce", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_id_and_a_secret_in_the_configuration_are_all_that_a_site_needs()
    {
        await using var site = Build(new()
        {
            ["Authentication:Schemes:Binance:ClientId"] = "id",
            ["Authentication:Schemes:Binance:ClientSecret"] = "secret",
        });
        await site.StartAsync(TestContext.Current.CancellationToken);

        using var client = site.GetTestClient();
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith("https://accounts.binance.com/en/oauth/authorize?client_id=id&", response.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
    }

    private static WebApplication Build(Dictionary<string, string?> configuration)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddLogging().AddAuthentication("Cookies").AddCookie().AddBinance();
        var site = builder.Build();
        site.Run(context => context.ChallengeAsync("Binance"));
        return site;
    }
}
