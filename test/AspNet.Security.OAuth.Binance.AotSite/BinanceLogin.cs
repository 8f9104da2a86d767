using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.AotSite;

/// <summary>The site's login: the provider.</summary>
internal static class Login
{
    public const string Scheme = BinanceAuthenticationDefaults.AuthenticationScheme;

    public static void Add(AuthenticationBuilder authentication, IConfiguration configuration)
        => authentication.AddBinance(options => options.UseServer(new Uri(configuration["Server"]!)));
}
