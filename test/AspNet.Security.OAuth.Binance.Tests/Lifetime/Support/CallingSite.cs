using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A server whose API a site calls for its users, with their access tokens.
/// </summary>
internal sealed class CallingSite : IDisposable
{
    public CallingSite() => Api.Given(Request.Create()).AtPriority(10).RespondWith(Response.Create().WithBody("answered"));

    public WireMockServer Api { get; } = WireMockServer.Start();

    public string Url => Api.Url!;

    /// <summary>The authorization that each request came with.</summary>
    public IReadOnlyList<string?> Sent => [.. Api.LogEntries
        .Select(entry => entry.RequestMessage!.Headers!.TryGetValue("Authorization", out var values) ? values.Single() : null)];

    public static HttpClient Client(HttpContext context) => context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    /// <summary>Starts a site with a page that calls, and shows the answer or the reason why nothing was sent.</summary>
    public Task<LifetimeSite> StartAsync(Action<LifetimeSetup>? configure = null) => LifetimeSite.StartAsync(setup =>
    {
        setup.Services = services => services.AddHttpClient("api", client => client.BaseAddress = new Uri(Url)).AddBinanceAccessToken();
        setup.Pages["/call"] = async context =>
        {
            string text;
            try
            {
                text = await Client(context).GetStringAsync(context.Request.Query["url"].FirstOrDefault("things"), context.RequestAborted);
            }
            catch (InvalidOperationException exception)
            {
                text = exception.Message;
            }

            await context.Response.WriteAsync(text, context.RequestAborted);
        };
        configure?.Invoke(setup);
    });

    public void Dispose() => Api.Dispose();
}
