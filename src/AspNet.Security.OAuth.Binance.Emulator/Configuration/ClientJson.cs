namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A client in JSON. Whether <see cref="ClientId"/> may be left out is decided where it is read.</summary>
internal sealed class ClientJson
{
    public string ClientId { get; set; } = "";

    public string? ClientSecret { get; set; }

    public string Name { get; set; } = "";

    public required IReadOnlyList<string> RedirectUris { get; set; }

    public bool AllowAnyLoopbackPort { get; set; }

    public IReadOnlyCollection<string>? AllowedScopes { get; set; }

    public static ClientJson Of(EmulatorClient client) => new()
    {
        ClientId = client.ClientId,
        ClientSecret = client.ClientSecret,
        Name = client.Name,
        RedirectUris = client.RedirectUris,
        AllowAnyLoopbackPort = client.AllowAnyLoopbackPort,
        AllowedScopes = client.AllowedScopes,
    };

    /// <exception cref="JsonDefectException">The client cannot be registered.</exception>
    public EmulatorClient ToClient(string path = "")
    {
        var client = new EmulatorClient
        {
            ClientId = ClientId,
            ClientSecret = ClientSecret,
            Name = Name,
            RedirectUris = RedirectUris,
            AllowAnyLoopbackPort = AllowAnyLoopbackPort,
            AllowedScopes = AllowedScopes,
        };
        return client.FindDefect() is { } defect
            ? throw new JsonDefectException(JsonShape.Member(path, defect.Property), defect.Words)
            : client;
    }
}
