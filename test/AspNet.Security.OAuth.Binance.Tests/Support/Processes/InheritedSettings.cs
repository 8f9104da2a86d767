using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Processes;

/// <summary>
/// Environment variables that a site in another process must not inherit, such as a developer's real credentials or port.
/// </summary>
internal static class InheritedSettings
{
    private static readonly string[] _prefixes
        = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "Authentication__", "Emulator__", "ForwardedHeaders__", "Kestrel__", "Logging__", "Sessions__"];

    public static void Remove(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToArray())
        {
            start.Environment.Remove(name);
        }
    }

    private static bool IsSetting(string name) => _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
