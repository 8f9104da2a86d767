using System.Security.Claims;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Sessions;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// <c>GET user</c>: returns the signed-in user to a script, never a token.
/// </summary>
internal static class UserEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, LoginGroup group, BinanceAuthenticationOptions options)
    {
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (await context.AuthenticateAsync(group.Scheme) is not { Succeeded: true, Ticket: var ticket })
        {
            return TypedResults.Unauthorized();
        }

        var user = new UserResponse(
            ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier),
            ticket.Principal.FindFirstValue(ClaimTypes.Email),
            RequestedScopes.Of(ticket.Properties, options),
            ExpiryOf(context, ticket));

        // Independent of the application's JSON options.
        return TypedResults.Json(user, UserResponseContext.Default.UserResponse);
    }

    private static DateTimeOffset? ExpiryOf(HttpContext context, AuthenticationTicket ticket)
    {
        var expires = PendingCookies.ExpiryOf(context, ticket.Properties);
        return context.RequestServices.GetService<SessionEntries>()?.LastOf(ticket) is { } last && !(expires < last) ? last : expires;
    }
}

/// <summary>The user who is signed in.</summary>
/// <param name="UserId">Binance's identifier of the user.</param>
/// <param name="Email">The e-mail address, if Binance gave one.</param>
/// <param name="RequestedScopes">The permissions that the sign-in requested. Binance does not tell which ones it granted.</param>
/// <param name="SessionExpiresAt">When the session ends unless it is used before.</param>
internal sealed record UserResponse(string? UserId, string? Email, IReadOnlyCollection<string> RequestedScopes, DateTimeOffset? SessionExpiresAt);

/// <summary>
/// Adds the type of the response to the application's JSON options, for the schema in an OpenAPI document: without reflection it is not known otherwise.
/// </summary>
internal sealed class ConfigureUserResponse : IConfigureOptions<JsonOptions>
{
    public void Configure(JsonOptions options) => options.SerializerOptions.TypeInfoResolverChain.Add(UserResponseContext.Default);
}

/// <summary>The source-generated serializer of the response.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UserResponse))]
internal sealed partial class UserResponseContext : JsonSerializerContext;
