using System.Reflection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// Files of the repository.
/// </summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The console sample of this build.</summary>
    public static string SampleNative { get; } = Metadata("SampleNative");

    /// <summary>The emulator's command of this build.</summary>
    public static string Tool { get; } = Metadata("EmulatorTool");

    /// <summary>Client programs for the tests.</summary>
    public static string Clients { get; } = Path.Combine(Root, "test", "AspNet.Security.OAuth.Binance.EndToEndTests", "Emulator", "Clients");

    public static string Example(string language) => Path.Combine(Root, "docs", "examples", language);

    private static string Metadata(string key)
        => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
