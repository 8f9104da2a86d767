using System.Text.Json;
using System.Text.Json.Nodes;
using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>The options in JSON. Only those that the JSON contains are applied.</summary>
internal sealed class OptionsJson
{
    /// <summary>The options that are read at the start, which only the configuration file contains.</summary>
    public static readonly IReadOnlyList<string> OfTheStart = ["port", "tokenFile", "allowedHosts", "publicUrl"];

    public bool AutoApprove { get; set; }

    public string? AutoApproveUser { get; set; }

    public RefreshTokenBehavior RefreshTokenBehavior { get; set; }

    public RevocationBehavior RevocationBehavior { get; set; }

    public DenialBehavior DenialBehavior { get; set; }

    public bool Lenient { get; set; }

    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    public double AccessTokenLifetimeSeconds { get; set; }

    public double CodeLifetimeSeconds { get; set; }

    public int JournalCapacity { get; set; }

    public int MaxCodes { get; set; }

    public int MaxTokens { get; set; }

    public int Port { get; set; }

    public string? TokenFile { get; set; }

    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    public string? PublicUrl { get; set; }

    /// <summary>Writes the options that may change, for the API.</summary>
    public static JsonObject Write(BinanceEmulatorOptions options)
    {
        var json = new OptionsJson
        {
            AutoApprove = options.AutoApprove,
            AutoApproveUser = options.AutoApproveUser,
            RefreshTokenBehavior = options.RefreshTokenBehavior,
            RevocationBehavior = options.RevocationBehavior,
            DenialBehavior = options.DenialBehavior,
            Lenient = options.Lenient,
            AllowedOrigins = [.. options.AllowedOrigins],
            AccessTokenLifetimeSeconds = options.AccessTokenLifetime.TotalSeconds,
            CodeLifetimeSeconds = options.CodeLifetime.TotalSeconds,
            JournalCapacity = options.JournalCapacity,
            MaxCodes = options.MaxCodes,
            MaxTokens = options.MaxTokens,
        };
        var node = JsonSerializer.SerializeToNode(json, SharedJson.Default.OptionsJson)!.AsObject();
        foreach (var name in OfTheStart)
        {
            node.Remove(name);
        }

        return node;
    }

    /// <param name="options">The options to set.</param>
    /// <param name="given">The properties in the JSON.</param>
    /// <param name="path">The path of the object in the JSON.</param>
    /// <exception cref="JsonDefectException">A value is invalid. The options before it are set: apply it to a copy first.</exception>
    public void Apply(BinanceEmulatorOptions options, IEnumerable<string> given, string path)
    {
        foreach (var name in given)
        {
            var member = JsonShape.Member(path, name);
            _ = JsonDefectException.At(member, () => Set(options, name, member));
        }
    }

    private static bool Replace(AllowList values, IReadOnlyList<string> entries, string path)
    {
        var others = values.CreateEmpty();
        foreach (var (index, entry) in entries.Index())
        {
            _ = JsonDefectException.At($"{path}[{index}]", () =>
            {
                others.Add(entry);
                return true;
            });
        }

        values.Replace(others);
        return true;
    }

    private object? Set(BinanceEmulatorOptions options, string name, string path) => name switch
    {
        "autoApprove" => options.AutoApprove = AutoApprove,
        "autoApproveUser" => options.AutoApproveUser = AutoApproveUser,
        "refreshTokenBehavior" => options.RefreshTokenBehavior = RefreshTokenBehavior,
        "revocationBehavior" => options.RevocationBehavior = RevocationBehavior,
        "denialBehavior" => options.DenialBehavior = DenialBehavior,
        "lenient" => options.Lenient = Lenient,
        "allowedOrigins" => Replace(options.Origins, AllowedOrigins, path),
        "accessTokenLifetimeSeconds" => options.AccessTokenLifetime = Seconds.ToTimeSpan(AccessTokenLifetimeSeconds),
        "codeLifetimeSeconds" => options.CodeLifetime = Seconds.ToTimeSpan(CodeLifetimeSeconds),
        "journalCapacity" => options.JournalCapacity = JournalCapacity,
        "maxCodes" => options.MaxCodes = MaxCodes,
        "maxTokens" => options.MaxTokens = MaxTokens,
        "port" => options.Port = Port,
        "tokenFile" => options.TokenFile = TokenFile,
        "allowedHosts" => Replace(options.Hosts, AllowedHosts, path),
        "publicUrl" => options.PublicUrl = Address(PublicUrl),
        _ => throw new NotSupportedException($"{name} is not set."),
    };

    private static Uri? Address(string? text) => text is null || Uri.TryCreate(text, UriKind.Absolute, out _)
        ? text is null ? null : new Uri(text)
        : throw new ArgumentException("A public URL must be http:// or https://, a host and a port, without a path.");
}
