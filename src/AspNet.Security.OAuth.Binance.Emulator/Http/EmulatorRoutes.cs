using AspNet.Security.OAuth.Binance.Emulator.Control;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Pages.Status;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Maps each path to its endpoint or page.</summary>
internal static class EmulatorRoutes
{
    private const string AuthorizePath = "/oauth/authorize";

    /// <param name="endpoints">The route builder.</param>
    /// <param name="server">The emulator.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="isAlone">Whether the host is the emulator's own, so that it handles all other paths, too.</param>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, EmulatorServer server, ILogger logger, bool isAlone)
    {
        var pipeline = new EmulatorPipeline(server.Guard, server.Faults, server.JournalWriter, server.Clock, server.Resets, logger);
        var quiet = new QuietPipeline(server.Guard, server.Clock, logger);
        var group = endpoints.MapGroup("");

        MapAuthorize(RoutePatternFactory.Parse(AuthorizePath), _ => AuthorizePath);
        MapAuthorize(
            RoutePatternFactory.Parse($"{{language}}{AuthorizePath}", defaults: null, parameterPolicies: new { language = new Languages() }),
            context => $"/{context.Request.RouteValues["language"]}{AuthorizePath}");

        // CORS needs no permission for the content type of a form. It is allowed so that a script that sends JSON by mistake can read the error.
        MapShared("/oauth/token", EmulatorEndpoint.Token, new CrossOrigin(server.Options, "POST", "content-type"), server.TokenEndpoint.Handle);
        MapShared("/oauth-api/v1/user-info", EmulatorEndpoint.UserInfo, new CrossOrigin(server.Options, "GET", "authorization"), server.UserInfoEndpoint.Handle);
        MapShared("/oauth-api/v1/revoke-token", EmulatorEndpoint.Revoke, new CrossOrigin(server.Options, "POST", "authorization"), server.RevokeEndpoint.Handle);
        MapPath("/emulator", RouteKind.StatusPage, server.StatusPage.Handle);
        MapQuietly(StatusPage.LivePath, server.StatusPage.HandleLive);
        MapQuietly(StatusActions.Path, server.StatusActions.Handle);
        group.Map(StatusEvents.Path, context => quiet.StreamAsync(context, StatusEvents.Path, StatusEvents.Head, server.StatusEvents.WriteAsync));
        MapPath("/emulator.js", RouteKind.Page, new StaticFile("emulator.js", "text/javascript;charset=UTF-8").Handle);
        MapPath("/emulator.css", RouteKind.Page, new StaticFile("emulator.css", "text/css;charset=UTF-8").Handle);
        MapPath("/emulator.svg", RouteKind.Page, new StaticFile("emulator.svg", "image/svg+xml").Handle);
        ControlRoutes.Map(group, server.Controlled, server.Guard.CheckControl);
        if (isAlone)
        {
            MapPath("/", RouteKind.StatusPage, server.StatusPage.Handle);
            group.Map("{**path}", context => pipeline.RunAsync(context, RouteKind.Page, EmulatorEndpoint.Page, suffix: null, ErrorPage.NotFound));
        }

        return group;

        void MapPath(string path, RouteKind kind, Func<EmulatorCall, EmulatorResponse> handler)
            => group.Map(path, context => pipeline.RunAsync(context, kind, EmulatorEndpoint.Page, path, handler));

        void MapQuietly(string path, Func<EmulatorCall, EmulatorResponse> handler)
            => group.Map(path, context => quiet.RunAsync(context, path, handler));

        // The browser sends a preflight by itself: it is not a request to the endpoint that a test counts or adds a fault to.
        void MapShared(string path, EmulatorEndpoint endpoint, CrossOrigin crossOrigin, Func<EmulatorCall, EmulatorResponse> handler)
            => group.Map(path, context => crossOrigin.Allow(context) && CrossOrigin.IsPreflight(context.Request)
                ? pipeline.RunAsync(context, RouteKind.Api, EmulatorEndpoint.Page, path, crossOrigin.Preflight)
                : pipeline.RunAsync(context, RouteKind.Api, endpoint, path, handler));

        void MapAuthorize(RoutePattern pattern, Func<HttpContext, string> path)
            => group.Map(pattern, context => pipeline.RunAsync(
                context,
                RouteKind.Authorize,
                HttpMethods.IsPost(context.Request.Method) ? EmulatorEndpoint.Page : EmulatorEndpoint.Authorize,
                path(context),
                server.AuthorizeEndpoint.Handle));
    }
}
