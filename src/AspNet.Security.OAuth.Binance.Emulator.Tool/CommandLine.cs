using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>The parsed command line.</summary>
internal sealed class CommandLine
{
    private readonly ParseResult _result;

    private CommandLine(ParseResult result, string? information)
    {
        _result = result;
        Information = information;
    }

    public static string Version { get; } = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Gets the text that is printed in place of a start: the help, or the version.</summary>
    public string? Information { get; }

    /// <exception cref="UsageException">An option is unknown, or lacks its value.</exception>
    public static CommandLine Parse(string[] args)
    {
        var help = new HelpOption();
        var version = new Option<bool>("--version");
        var command = new Command("binance-emulator") { help, version };
        foreach (var setting in Settings.All)
        {
            command.Options.Add(setting.Option);
        }

        // No response files: a control key may begin with @.
        var result = command.Parse(args, new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var information = result.GetResult(help) is not null ? HelpText.Of(Settings.All) : result.GetValue(version) ? Version : null;
        return information is null && result.Errors is [var error, ..]
            ? throw new UsageException($"{error.Message} All options: binance-emulator --help")
            : new(result, information);
    }

    /// <summary>Sets the options of an emulator. The command line takes precedence over the environment, and that over the configuration file.</summary>
    /// <returns>Whether requests are printed.</returns>
    /// <exception cref="UsageException">A value, or the configuration file, is wrong.</exception>
    public bool Apply(BinanceEmulatorOptions options)
    {
        var run = new Run(options);
        options.Port = Settings.DefaultPort;
        foreach (var setting in Settings.All)
        {
            setting.Apply(run, _result);
        }

        return run.ShowsRequests;
    }
}
