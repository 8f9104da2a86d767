namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Refuses to run in the environment Production.</summary>
internal static class ProductionGuard
{
    private static readonly string[] _variables = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    /// <summary>Checks the environment variables, for an emulator with its own host.</summary>
    public static void Check(BinanceEmulatorOptions options, Func<string, string?> environment)
    {
        if (_variables.FirstOrDefault(name => string.Equals(environment(name), "Production", StringComparison.OrdinalIgnoreCase)) is { } variable)
        {
            Check(options, isProduction: true, $"{variable} is Production");
        }
    }

    public static void Check(BinanceEmulatorOptions options, bool isProduction, string reason)
    {
        if (isProduction && !options.AllowProduction)
        {
            throw new InvalidOperationException(
                $"The Binance emulator does not run in Production ({reason}): it lets everyone on the machine sign in as any account. "
                + $"To allow it, set {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.AllowProduction)}.");
        }
    }
}
