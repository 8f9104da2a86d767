using System.Reflection;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The health check, which a script calls until the emulator is ready.</summary>
internal static class HealthResource
{
    private static readonly string _version = typeof(HealthResource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Constant("/health", _ => ControlResponse.Ok(new HealthJson("ok", _version), ControlJson.Readable.HealthJson)) with { NeedsKey = false },
        ];
}

internal sealed record HealthJson(string Status, string Version);
