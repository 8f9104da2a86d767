using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.AotSite;

/// <summary>The site's login without a package, as tutorials show it.</summary>
internal static class Login
{
    public const string Scheme = "Binance";

    public static void Add(AuthenticationBuilder authentication, IConfiguration configuration)
        => authentication.AddOAuth(Scheme, options =>
        {
            var server = configuration["Server"];
            var keys = configuration.GetSection("Authentication:Schemes:Binance");
            options.ClientId = keys["ClientId"]!;
            options.ClientSecret = keys["ClientSecret"]!;
            options.CallbackPath = "/signin-binance";
            options.AuthorizationEndpoint = $"{server}/en/oauth/authorize";
            options.TokenEndpoint = $"{server}/oauth/token";
            options.UserInformationEndpoint = $"{server}/oauth-api/v1/user-info";
            options.UsePkce = true;
            options.SaveTokens = true;

            // The default is Always: browsers do not send a Secure cookie to a site on plain HTTP.
            options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.CorrelationCookie.SameSite = SameSiteMode.Lax;
            options.Scope.Add("user:openId");
            options.ClaimActions.MapJsonKey(ClaimTypes.NameIdentifier, "userId");
            options.ClaimActions.MapJsonKey(ClaimTypes.Email, "email");
            options.Events.OnCreatingTicket = ReadUserAsync;
        });

    private static async Task ReadUserAsync(OAuthCreatingTicketContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        response.EnsureSuccessStatusCode();
        using var user = JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
        context.RunClaimActions(user.RootElement.GetProperty("data"));
    }
}
