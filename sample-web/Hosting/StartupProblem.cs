using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace SampleWeb.Hosting;

/// <summary>
/// Explains common failures of the start in a few lines that say what to do, instead of a stack trace: a missing setting, a port in use.
/// </summary>
internal static class StartupProblem
{
    /// <summary>
    /// Keeps the host from logging the exception that it then throws. An exception that <see cref="Explain"/> does not know
    /// is not caught and reaches the console.
    /// </summary>
    public static void KeepOutOf(ILoggingBuilder logging) => logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

    /// <returns>What to show; <see langword="null"/> when the problem is not a known one and its stack trace is needed.</returns>
    public static string? Explain(Exception exception) => exception switch
    {
        StartupException => exception.Message,
        OptionsValidationException invalid => InvalidOptions(invalid),
        IOException { InnerException: AddressInUseException } =>
            $"""
            {exception.Message}
            Choose another port for the site: dotnet run --project sample-web -- --urls http://localhost:5250
            """,
        _ => null,
    };

    private static string InvalidOptions(OptionsValidationException invalid)
        => $"""
            The site cannot start, because its options are invalid:
              - {string.Join("\n  - ", invalid.Failures)}
            Keep credentials in the environment (Authentication__Schemes__Binance__ClientId) or in dotnet user-secrets.
            Without any, the site runs in Development only, on the emulator: ASPNETCORE_ENVIRONMENT=Development.
            """;
}
