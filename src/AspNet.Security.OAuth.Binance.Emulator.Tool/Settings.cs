namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>All options of the command, in the order in which they are applied and listed.</summary>
internal static class Settings
{
    public const int DefaultPort = 5210;

    // The configuration file is applied first, so that the others take precedence.
    public static IReadOnlyList<Setting> All { get; } =
    [
        new(
            "--config",
            "<file>",
            "A JSON file with options, clients, accounts and faults. Other options take precedence over it.",
            (run, value) => run.Options.ReadConfiguration(value)),
        new(
            "--port",
            "<number>",
            $"The port to listen on. 0: any free port. Default: {DefaultPort}.",
            (run, value) => run.Options.Port = Values.Port(value)),
        new(
            "--auto-approve",
            "[user]",
            "Signs in without the consent page, as the first account or as the one with this user id.",
            (run, value) => (run.Options.AutoApprove, run.Options.AutoApproveUser) = Values.AutoApprove(value)),
        new(
            "--refresh",
            "<behavior>",
            "The effect of a refresh on the refresh token: keep, rotate, or rotate-and-revoke-on-reuse (the default).",
            (run, value) => run.Options.RefreshTokenBehavior = Values.Refresh(value)),
        new(
            "--token-lifetime",
            "<time>",
            "The lifetime of access tokens: 900 or 900s, 15m, 2h, 1d, or 00:15:00. Default: 30714 seconds, as in Binance's document.",
            (run, value) => run.Options.AccessTokenLifetime = Values.Duration(value)),
        Setting.List(
            "--allow-origin",
            "<origin>",
            "An origin whose scripts may call the token, user-info and revocation endpoints, such as http://localhost:3000. May be repeated.",
            options => options.AllowedOrigins),
        Setting.List(
            "--allow-host",
            "<host>",
            "A host name, without a port, for requests from other machines, containers or a tunnel. It then listens on all addresses of "
            + "the machine, and the page and the control API require a key. May be repeated.",
            options => options.AllowedHosts),
        new(
            "--public-url",
            "<url>",
            "The address for browsers, if it differs. It is displayed, and does not allow its host.",
            (run, value) => run.Options.PublicUrl = Values.PublicUrl(value)),
        new(
            "--control-key",
            "<key>",
            "The key for the page and the control API when hosts are allowed, of at least 16 characters. Default: a random one, which is printed. "
            + "Other users of the machine can read the command line: prefer the variable.",
            (run, value) => run.Options.ControlKey = value),
        new(
            "--token-file",
            "<file>",
            "A file that stores the tokens, so that they are valid after a restart.",
            (run, value) => run.Options.TokenFile = value),
        new(
            "--lenient",
            "[true|false]",
            "Also accepts HTTP Basic client authentication, and access tokens in the query. Binance documents neither.",
            (run, value) => run.Options.Lenient = Values.Switch(value)),
        new(
            "--log",
            "[true|false]",
            "Prints a line for each request: time, method, path, grant, status, fault, reason for a refusal. Never a query, a body or a header.",
            (run, value) => run.ShowsRequests = Values.Switch(value)),
    ];
}
