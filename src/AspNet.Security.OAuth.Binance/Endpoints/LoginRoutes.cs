using AspNet.Security.OAuth.Binance.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// Maps the endpoints, with their metadata.
/// </summary>
internal static class LoginRoutes
{
    public const string Login = "login";
    public const string Logout = "logout";
    public const string User = "user";
    public const string Failed = "failed";

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, LoginGroup group)
    {
        var routes = endpoints.MapGroup(string.Empty)
            .AllowAnonymous()
            .WithTags("Login with Binance")
            .WithMetadata(new NoStatusCodePage())

            // Output caching ignores the response's Cache-Control and Vary headers.
            .WithMetadata(new OutputCacheAttribute { NoStore = true })
            .AddEndpointFilter(SetHeadersAsync);

        routes.MapGet(Login, (HttpContext context, string? returnUrl, string? locale) => LoginEndpoint.HandleAsync(context, group, returnUrl, locale))
            .WithSummary("Signs the user in with Binance, and redirects to a page of this site.")
            .Produces(StatusCodes.Status302Found)
            .Produces(StatusCodes.Status401Unauthorized)
            .Add(endpoint => group.SetPrefix(((RouteEndpointBuilder)endpoint).RoutePattern));

        routes.MapPost(Logout, (HttpContext context, string? returnUrl) => LogoutEndpoint.HandleAsync(context, group, returnUrl))
            .WithSummary("Signs the user out, and revokes the access token. Needs an antiforgery token, or the header X-CSRF: 1 from the same origin.")
            .WithMetadata(new BodyLimit(), new SignOutEndpoint())
            .Produces(StatusCodes.Status204NoContent)
            .Produces(StatusCodes.Status302Found)
            .Produces(StatusCodes.Status400BadRequest);

        routes.MapGet(User, (HttpContext context, IOptionsMonitor<BinanceAuthenticationOptions> options) => UserEndpoint.HandleAsync(context, group, options.Get(group.Scheme)))
            .WithSummary("Returns the user who is signed in.")
            .Produces<UserResponse>()
            .Produces(StatusCodes.Status401Unauthorized);

        routes.MapGet(Failed, (HttpContext context, IOptionsMonitor<BinanceAuthenticationOptions> options, string? failure, string? returnUrl)
                => FailedEndpoint.HandleAsync(context, group, options.Get(group.Scheme), failure, returnUrl))
            .WithSummary("A page for a sign-in that failed or was cancelled.")
            .Produces(StatusCodes.Status200OK, contentType: "text/html");

        return routes;
    }

    private static ValueTask<object?> SetHeadersAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var headers = invocation.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        return next(invocation);
    }

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => LogoutEndpoint.LongestBody;
    }

    // The endpoints respond to scripts without a page, and to users with their own pages.
    private sealed class NoStatusCodePage : ISkipStatusCodePagesMetadata;
}
