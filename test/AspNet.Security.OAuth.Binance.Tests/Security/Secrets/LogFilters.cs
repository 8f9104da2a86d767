using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// What docs/security.md says about the framework's logs: the filter, as code and as configuration, and the option of a middleware.
/// </summary>
internal static class LogFilters
{
    public const string Json = """
        {
          "Logging": {
            "LogLevel": {
              "Microsoft.AspNetCore.Hosting.Diagnostics": "Warning",
              "Microsoft.AspNetCore.HttpsPolicy": "Information",
              "Microsoft.AspNetCore.Server.Kestrel": "Information",
              "System.Net.Http.HttpClient": "Debug"
            }
          }
        }
        """;

    public static IConfiguration FromJson()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Json));
        return new ConfigurationBuilder().AddJsonStream(json).Build();
    }

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Logging
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.HttpsPolicy", LogLevel.Information)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information)
            .AddFilter("System.Net.Http.HttpClient", LogLevel.Debug);
    }

    public static void AddRequestLogs(WebApplicationBuilder builder)
    {
        builder.Services.AddHttpLogging(options => options.ResponseHeaders.Remove("Location"));
    }
}
