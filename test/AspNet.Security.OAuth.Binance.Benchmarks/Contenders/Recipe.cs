using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// The login without a package, as tutorials show it.
/// </summary>
internal static class Recipe
{
    public static void Configure(OAuthOptions options, Server server)
    {
        options.ClientId = BinanceEmulatorDefaults.ClientId;
        options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        options.CallbackPath = Site.CallbackPath;
        options.AuthorizationEndpoint = server.AuthorizationEndpoint;
        options.TokenEndpoint = server.TokenEndpoint;
        options.UserInformationEndpoint = server.UserInformationEndpoint;
        options.BackchannelHttpHandler = server.Backchannel;
        options.Scope.Add(BinanceAuthenticationConstants.Scopes.OpenId);
        options.UsePkce = true;
        options.SaveTokens = true;
        options.ClaimActions.MapJsonKey(ClaimTypes.NameIdentifier, "userId");
        options.ClaimActions.MapJsonKey(ClaimTypes.Email, "email");
        options.Events.OnCreatingTicket = ReadUserAsync;
    }

    private static async Task ReadUserAsync(OAuthCreatingTicketContext context)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);

        var response = await context.Backchannel.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();

        var json = await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted);
        using var user = JsonDocument.Parse(json);
        context.RunClaimActions(user.RootElement.GetProperty("data"));
    }
}
