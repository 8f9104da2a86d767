namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Keeps the emulator out of Production.</summary>
internal static class ProductionGuard
{
    private static readonly string[] _variables = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    /// <summary>For an emulator with its own host, which knows the process's environment variables and no application's.</summary>
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
                $"The Binance emulator does not run in Production ({reason}): it lets anybody on the machine sign in as anybody. "
                + $"If that is wanted, set {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.AllowProduction)}.");
        }
    }
}
