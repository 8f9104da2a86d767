using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Google;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// Google's handler with Binance's addresses, scope and claims, so that it does the same work.
/// </summary>
internal static class GoogleOnBinance
{
    public static void Configure(GoogleOptions options, Server server)
    {
        options.ClientId = BinanceEmulatorDefaults.ClientId;
        options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        options.CallbackPath = Site.CallbackPath;
        options.AuthorizationEndpoint = server.AuthorizationEndpoint;
        options.TokenEndpoint = server.TokenEndpoint;
        options.UserInformationEndpoint = server.UserInformationEndpoint;
        options.BackchannelHttpHandler = server.Backchannel;
        options.Scope.Clear();
        options.Scope.Add(BinanceAuthenticationConstants.Scopes.OpenId);
        options.SaveTokens = true;
        options.ClaimActions.Clear();
        options.ClaimActions.MapJsonSubKey(ClaimTypes.NameIdentifier, "data", "userId");
        options.ClaimActions.MapJsonSubKey(ClaimTypes.Email, "data", "email");
    }
}
