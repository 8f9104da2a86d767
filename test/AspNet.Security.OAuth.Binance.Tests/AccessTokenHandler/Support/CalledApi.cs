using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;

/// <summary>
/// A server whose API a site calls for its users, with their access tokens.
/// </summary>
internal sealed class CalledApi : IDisposable
{
    public CalledApi() => Api.Given(Request.Create()).AtPriority(10).RespondWith(Response.Create().WithBody("called"));

    public WireMockServer Api { get; } = WireMockServer.Start();

    public string Url => Api.Url!;

    /// <summary>The authorization that each request came with.</summary>
    public IReadOnlyList<string?> Sent => [.. Api.LogEntries
        .Select(entry => entry.RequestMessage!.Headers!.TryGetValue("Authorization", out var values) ? values.Single() : null)];

    public static HttpClient Client(HttpContext context) => context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    /// <summary>Calls, and returns the response or the reason why nothing was sent.</summary>
    public static async Task<string> TextAsync(IServiceProvider services, string? url = null, CancellationToken cancellationToken = default)
    {
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        try
        {
            return await client.GetStringAsync(url ?? "things", cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
        catch (BinanceAuthenticationException exception)
        {
            return $"failure: {exception.Failure}";
        }
    }

    /// <summary>Starts a site with a page that calls, and shows the response or the reason why nothing was sent.</summary>
    public Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => TestSite.StartAsync(setup =>
    {
        AddTo(setup);
        configure?.Invoke(setup);
    });

    /// <summary>Adds the client and the page that calls.</summary>
    public void AddTo(SiteSetup setup)
    {
        setup.Services = services => services.AddHttpClient("api", client => client.BaseAddress = new Uri(Url)).AddBinanceAccessToken();
        setup.Pages["/call"] = async context => await context.Response.WriteAsync(
            await TextAsync(context.RequestServices, context.Request.Query["url"], context.RequestAborted), context.RequestAborted);
    }

    public void Dispose() => Api.Dispose();
}
