using System.CommandLine;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>One option of the command line, and its environment variable: <c>--token-lifetime</c> and <c>BINANCE_EMULATOR_TOKEN_LIFETIME</c>.</summary>
internal sealed class Setting
{
    private const string Prefix = "BINANCE_EMULATOR_";

    private readonly Action<Run, IReadOnlyList<string>> _apply;

    /// <summary>Initializes a new instance of the <see cref="Setting"/> class.</summary>
    /// <param name="name">The option, such as <c>--port</c>.</param>
    /// <param name="value">The placeholder of its value in the help: in brackets if the value is optional.</param>
    /// <param name="help">The description.</param>
    /// <param name="apply">Applies the value. For an invalid value it throws an <see cref="ArgumentException"/> or a <see cref="FormatException"/>.</param>
    public Setting(string name, string value, string help, Action<Run, string> apply)
        : this(name, value, help, (run, values) => apply(run, values.Count == 0 ? "true" : values[0]))
    {
    }

    private Setting(string name, string value, string help, Action<Run, IReadOnlyList<string>> apply, bool isList = false)
    {
        _apply = apply;
        Value = value;
        Help = help;
        IsList = isList;
        Option = isList
            ? new Option<string[]>(name) { Arity = ArgumentArity.OneOrMore }
            : new Option<string>(name) { Arity = value.StartsWith('[') ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };
    }

    public Option Option { get; }

    public string Value { get; }

    public string Help { get; }

    public bool IsList { get; }

    public string Variable => Prefix + Option.Name[2..].Replace('-', '_').ToUpperInvariant();

    /// <summary>Creates an option that is repeated for each of its values. Its variable has all values, separated by commas. They replace those of the configuration file.</summary>
    public static Setting List(string name, string value, string help, Func<BinanceEmulatorOptions, ICollection<string>> list)
        => new(name, value, help, (run, values) => Replace(list(run.Options), values), isList: true);

    /// <summary>Applies the value of the command line, or else that of the environment.</summary>
    /// <exception cref="UsageException">The value is invalid.</exception>
    public void Apply(Run run, ParseResult commandLine)
    {
        if (commandLine.GetResult(Option) is { Implicit: false } given)
        {
            Apply(run, [.. given.Tokens.Select(token => token.Value)], Option.Name);
        }
        else if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable)
        {
            Apply(run, IsList ? variable.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [variable], Variable);
        }
    }

    private static void Replace(ICollection<string> list, IReadOnlyList<string> values)
    {
        list.Clear();
        foreach (var value in values)
        {
            list.Add(value);
        }
    }

    private void Apply(Run run, IReadOnlyList<string> values, string source)
    {
        try
        {
            _apply(run, values);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{source}: {Message(exception)}", exception);
        }
    }

    // The framework appends the name of the C# parameter, and the value, which may be a secret.
    private static string Message(Exception exception)
    {
        var end = exception is ArgumentException ? exception.Message.IndexOf(" (Parameter '", StringComparison.Ordinal) : -1;
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
