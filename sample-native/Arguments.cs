using System.Globalization;

namespace SampleNative;

/// <summary>
/// The arguments of the program, with environment variables as defaults.
/// </summary>
internal sealed class Arguments
{
    public const int DefaultEmulatorPort = 5410;

    public const string DefaultRedirectUri = "http://127.0.0.1/signin-binance";

    private static readonly (string Variable, string Argument)[] _variables =
    [
        ("BINANCE_CLIENT_ID", "--client-id"),
        ("BINANCE_REDIRECT_URI", "--redirect-uri"),
        ("BINANCE_SERVER", "--server"),
    ];

    // Without options, the command to sign out is short enough to be copied.
    private readonly bool _isAlone;

    private Arguments(bool isAlone) => _isAlone = isAlone;

    public bool ShowsHelp { get; private set; }

    public bool SignsOut { get; private set; }

    public bool IsHeadless { get; private set; }

    /// <summary>Gets the client id. Without one, the program signs in at an emulator of its own.</summary>
    public string? ClientId { get; private set; }

    public string RedirectUri { get; private set; } = DefaultRedirectUri;

    /// <summary>Gets the address of an emulator elsewhere. Without one, the client id is one of Binance.</summary>
    public Uri? Server { get; private set; }

    public string? SessionFile { get; private set; }

    public int EmulatorPort { get; private set; } = DefaultEmulatorPort;

    /// <summary>Gets what the user can do next.</summary>
    public string WhatNext => _isAlone
        ? Text.Of($"Next, start it again: you are still signed in. To sign out:\n\n  {Help.Command} sign-out")
        : Text.Of($"Next, start it again in the same way: you are still signed in. Add sign-out to sign out.");

    /// <exception cref="UsageException">An argument is invalid. The message says why.</exception>
    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments(args.Length == 0);
        foreach (var (variable, name) in _variables)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                arguments.Take(name, () => value);
            }
        }

        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var name))
        {
            arguments.Take(name, () => rest.TryDequeue(out var value) && value.Length > 0 ? value : throw new UsageException(Text.Of($"{name} needs a value.")));
        }

        return arguments.Server is null || arguments.ClientId is not null || arguments.ShowsHelp
            ? arguments
            : throw new UsageException(Text.Of($"The server needs a client id that is registered there: --client-id ID."));
    }

    private void Take(string name, Func<string> value)
    {
        switch (name)
        {
            case "sign-out":
                SignsOut = true;
                break;
            case "--client-id":
                ClientId = value();
                break;
            case "--redirect-uri":
                RedirectUri = LoopbackUri(value());
                break;
            case "--server":
                Server = Address(value());
                break;
            case "--headless":
                IsHeadless = true;
                break;
            case "--session":
                SessionFile = value();
                break;
#if DEBUG
            case "--emulator-port":
                EmulatorPort = Port(value());
                break;
#endif
            case "--help" or "-h":
                ShowsHelp = true;
                break;
            default:
                throw new UsageException(Text.Of($"There is no argument {name}."));
        }
    }

    // A browser returns to a console program at an address of this machine only (RFC 8252 section 7.3).
    private static string LoopbackUri(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http", Host: "127.0.0.1" or "[::1]" or "localhost", UserInfo: "", Query: "", Fragment: "" }
                ? text
                : throw new UsageException(Text.Of($"{text} is not a loopback redirect URI, such as {DefaultRedirectUri}."));

    // Over plain http, codes and tokens can be read on the way.
    private static Uri Address(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { Scheme: "https" } or { Scheme: "http", IsLoopback: true }
            && uri is { UserInfo: "", Query: "", Fragment: "" }
                ? uri
                : throw new UsageException(Text.Of($"{text} is not an https address or one of this machine, such as http://localhost:5410."));

    private static int Port(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new UsageException(Text.Of($"{text} is not a port."));
}
