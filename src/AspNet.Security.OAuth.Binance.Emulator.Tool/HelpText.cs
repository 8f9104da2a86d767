using System.Text;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>The text of <c>--help</c>, within 80 columns.</summary>
internal static class HelpText
{
    private const int Columns = 79;
    private const int Indentation = 27;

    private const string Head = """
        Binance's OAuth 2.0 server on this machine, for development and tests of "Login
        with Binance" in any language. It is not Binance: everyone who can reach it can
        sign in as any account. It needs no credentials, and prints its endpoints.

        Usage: binance-emulator [options]

        Examples:
          binance-emulator                        start it, and use its pages
          binance-emulator --auto-approve --log   no consent page, print requests
          binance-emulator --port 0 --token-lifetime 1m --refresh rotate
          binance-emulator --config binance-emulator.json
          curl -d '{"endpoint":"token","fault":{"status":503}}' \
            -H 'Content-Type: application/json' \
            http://localhost:5210/emulator/api/v1/faults   the next token request fails

        Options:

        """;

    private const string Tail = """

        Each option has an environment variable: BINANCE_EMULATOR_PORT for --port,
        BINANCE_EMULATOR_TOKEN_LIFETIME for --token-lifetime. The values of an option
        that may be repeated are separated by commas. The command line takes precedence
        over the environment, and both over the configuration file.

        Exit codes: 0 ended by Ctrl+C or SIGTERM, 1 cannot start, 2 invalid option,
        value or configuration file.
        """;

    public static string Of(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder(Head);
        foreach (var setting in settings)
        {
            Append(text, $"{setting.Option.Name} {setting.Value}", setting.Help);
        }

        Append(text, "--help, -h", "Prints this text.");
        Append(text, "--version", "Prints the version.");
        return text.Append(Tail).ToString();
    }

    private static void Append(StringBuilder text, string option, string help)
    {
        var line = $"  {option}".PadRight(Indentation);
        foreach (var word in help.Split(' '))
        {
            if (line.Length + word.Length > Columns)
            {
                text.AppendLine(line.TrimEnd());
                line = new string(' ', Indentation);
            }

            line += $"{word} ";
        }

        text.AppendLine(line.TrimEnd());
    }
}
