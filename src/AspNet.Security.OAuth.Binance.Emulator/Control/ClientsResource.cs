using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The registered clients. Their secrets are shown: they are valid at this emulator alone.</summary>
internal static class ClientsResource
{
    public static IEnumerable<ControlRoute> Routes(EmulatorClients clients)
        => new RegistryResource<EmulatorClient, ClientJson>(clients.Entries, ControlJson.Readable.ClientJson, ControlJson.Readable.IEnumerableClientJson)
        {
            Write = ClientJson.Of,
            Read = json => json.ToClient(),
            SetId = SetId,
        }.Routes;

    private static void SetId(ClientJson json, string id) => json.ClientId = json.ClientId.Length == 0 || json.ClientId == id
        ? id
        : throw new JsonDefectException("clientId", "It differs from the id in the path. To rename a client, add another and remove this one.");
}
