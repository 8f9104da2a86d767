using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// Another site: an empty page without a policy on <c>localhost</c>, which is cross-site to <c>127.0.0.1</c>.
/// </summary>
internal sealed class OtherSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtherSite(WebApplication app) => _app = app;

    public string Address => $"http://localhost:{new Uri(_app.Urls.Single()).Port}/";

    public static async Task<OtherSite> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/", () => Results.Content("<!doctype html><title>Another site</title>", "text/html"));
        await app.StartAsync(cancellationToken);
        return new OtherSite(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
