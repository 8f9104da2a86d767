namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>A client in JSON. <see cref="ClientId"/> can be omitted where the path contains it.</summary>
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
        => JsonDefectException.Checked(path, new EmulatorClient
        {
            ClientId = ClientId,
            ClientSecret = ClientSecret,
            Name = Name,
            RedirectUris = RedirectUris,
            AllowAnyLoopbackPort = AllowAnyLoopbackPort,
            AllowedScopes = AllowedScopes,
        });
}
