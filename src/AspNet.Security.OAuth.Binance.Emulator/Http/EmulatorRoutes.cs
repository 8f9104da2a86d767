using AspNet.Security.OAuth.Binance.Emulator.Messages;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Which path leads to what.</summary>
internal static class EmulatorRoutes
{
    private const string AuthorizePath = "/oauth/authorize";

    /// <param name="endpoints">Where to map.</param>
    /// <param name="emulator">The emulator.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="isAlone">Whether every other path is the emulator's too, because it has the host for itself.</param>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, BinanceEmulator emulator, ILogger logger, bool isAlone)
    {
        var pipeline = new EmulatorPipeline(emulator.Faults, emulator.Requests, emulator.Clock, logger);
        var group = endpoints.MapGroup("");
        var authorize = emulator.AuthorizeEndpoint;
        var status = new StatusPage(emulator);

        MapAuthorize(RoutePatternFactory.Parse(AuthorizePath), _ => AuthorizePath);
        MapAuthorize(
            RoutePatternFactory.Parse($"{{language}}{AuthorizePath}", defaults: null, parameterPolicies: new { language = new Languages() }),
            context => $"/{context.Request.RouteValues["language"]}{AuthorizePath}");
        MapPath("/oauth/token", EmulatorEndpoint.Token, emulator.TokenEndpoint.Handle);
        MapPath("/oauth-api/v1/user-info", EmulatorEndpoint.UserInfo, emulator.UserInfoEndpoint.Handle);
        MapPath("/oauth-api/v1/revoke-token", EmulatorEndpoint.Revoke, emulator.RevokeEndpoint.Handle);
        MapPath("/emulator", EmulatorEndpoint.Page, status.Handle);
        MapPath("/emulator.css", EmulatorEndpoint.Page, new StaticFile("emulator.css", "text/css;charset=UTF-8").Handle);
        MapPath("/emulator.svg", EmulatorEndpoint.Page, new StaticFile("emulator.svg", "image/svg+xml").Handle);
        if (isAlone)
        {
            MapPath("/", EmulatorEndpoint.Page, status.Handle);
            group.Map("{**path}", context => pipeline.RunAsync(context, EmulatorEndpoint.Page, suffix: null, ErrorPage.NotFound));
        }

        return group;

        void MapPath(string path, EmulatorEndpoint endpoint, Func<EmulatorCall, EmulatorResponse> work) =>
            group.Map(path, context => pipeline.RunAsync(context, endpoint, path, work));

        void MapAuthorize(RoutePattern pattern, Func<HttpContext, string> path) =>
            group.Map(pattern, context => pipeline.RunAsync(
                context,
                HttpMethods.IsPost(context.Request.Method) ? EmulatorEndpoint.Page : EmulatorEndpoint.Authorize,
                path(context),
                authorize.Handle));
    }
}
