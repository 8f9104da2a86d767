using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Maps the JSON API.</summary>
internal static class ControlRoutes
{
    public const string Prefix = "/emulator/api/v1";

    /// <param name="endpoints">The emulator's group.</param>
    /// <param name="emulator">The emulator's objects.</param>
    /// <param name="guard">Checks each request.</param>
    public static void Map(IEndpointRouteBuilder endpoints, ControlledEmulator emulator, ControlGuard guard)
    {
        var pipeline = new ControlPipeline(guard, emulator.Resets);
        ControlRoute[] routes =
        [
            .. HealthResource.Routes,
            .. new ResetResource(emulator.Reset).Routes,
            .. ClientsResource.Routes(emulator.Clients),
            .. UsersResource.Routes(emulator.Users),
            .. new TokensResource(emulator.Tokens).Routes,
            .. new RequestsResource(emulator.Requests).Routes,
            .. new FaultsResource(emulator.Faults).Routes,
            .. new HoldsResource(emulator.Faults).Routes,
            .. new ClockResource(emulator.Clock).Routes,
            .. new OptionsResource(emulator.Options).Routes,
            .. DocumentsResource.Routes,
        ];

        foreach (var path in routes.GroupBy(route => route.Path))
        {
            foreach (var route in path)
            {
                endpoints.Map(Prefix + route.Path, context => pipeline.RunAsync(context, route)).WithMetadata(new HttpMethodMetadata(route.Methods));
            }

            // Otherwise the response to a wrong method would be the emulator's page for unknown paths.
            var allow = string.Join(", ", path.SelectMany(route => route.Methods));
            MapRest(path.Key, _ => ControlResponse.Error(405, $"This resource accepts {allow}.").With("Allow", allow));
        }

        MapRest("/{**path}", _ => ControlResponse.Error(404, "There is no such resource. See openapi.json."));

        void MapRest(string path, Func<ControlCall, ControlResponse> handler)
        {
            var route = ControlRoute.Constant(path, handler);
            endpoints.Map(Prefix + path, context => pipeline.RunAsync(context, route, isRest: true));
        }
    }
}
