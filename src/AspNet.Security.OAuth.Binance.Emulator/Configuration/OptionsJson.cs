using System.Text.Json;
using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>The options in JSON. Those that are given are set, whatever the values of the others are here.</summary>
internal sealed class OptionsJson
{
    /// <summary>Those that are read at the start, so that the file has them and the API has not.</summary>
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

    /// <summary>The options that may change, for the API.</summary>
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

    /// <param name="options">What is set.</param>
    /// <param name="given">The properties that the JSON has.</param>
    /// <param name="path">Where it is.</param>
    /// <exception cref="JsonDefectException">An option does not take its value. Those before it are set: try a copy first.</exception>
    public void Apply(BinanceEmulatorOptions options, IEnumerable<string> given, string path)
    {
        foreach (var name in given)
        {
            var member = JsonShape.Member(path, name);
            _ = JsonDefectException.At(member, () => Set(options, name, member));
        }
    }

    private static bool Replace<T>(IReadOnlyList<string> entries, string path, Action<T> replace)
        where T : ICollection<string>, new()
    {
        var others = new T();
        foreach (var (index, entry) in entries.Index())
        {
            _ = JsonDefectException.At($"{path}[{index}]", () =>
            {
                others.Add(entry);
                return true;
            });
        }

        replace(others);
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
        "allowedOrigins" => Replace<EmulatorOrigins>(AllowedOrigins, path, options.Origins.Replace),
        "accessTokenLifetimeSeconds" => options.AccessTokenLifetime = Seconds.ToTimeSpan(AccessTokenLifetimeSeconds),
        "codeLifetimeSeconds" => options.CodeLifetime = Seconds.ToTimeSpan(CodeLifetimeSeconds),
        "journalCapacity" => options.JournalCapacity = JournalCapacity,
        "maxCodes" => options.MaxCodes = MaxCodes,
        "maxTokens" => options.MaxTokens = MaxTokens,
        "port" => options.Port = Port,
        "tokenFile" => options.TokenFile = TokenFile,
        "allowedHosts" => Replace<EmulatorHosts>(AllowedHosts, path, options.Hosts.Replace),
        "publicUrl" => options.PublicUrl = Address(PublicUrl),
        _ => throw new NotSupportedException($"{name} is not set."),
    };

    private static Uri? Address(string? text) => text is null || Uri.TryCreate(text, UriKind.Absolute, out _)
        ? text is null ? null : new Uri(text)
        : throw new ArgumentException("A public URL is http:// or https://, a host and a port, without a path.");
}
