using System.Reflection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// Files of the repository that the tests run.
/// </summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The command as this build made it.</summary>
    public static string Tool { get; } = Metadata("EmulatorTool");

    /// <summary>Programs that are clients of the emulator, for tests alone.</summary>
    public static string Clients { get; } = Path.Combine(Root, "test", "AspNet.Security.OAuth.Binance.EndToEndTests", "Emulator", "Clients");

    public static string Example(string language) => Path.Combine(Root, "docs", "examples", language);

    private static string Metadata(string key)
        => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
