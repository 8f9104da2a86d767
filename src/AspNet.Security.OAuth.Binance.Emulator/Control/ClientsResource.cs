using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The registered applications. Their secrets are shown: they are the emulator's own.</summary>
internal sealed class ClientsResource(EmulatorClients clients)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/clients", _ => ControlResponse.Ok(clients.Select(ClientJson.Of), ControlJson.Readable.IEnumerableClientJson)),
            ControlRoute.Post("/clients", Add),
            ControlRoute.Get("/clients/{clientId}", call => clients.Find(call.Id("clientId")) is { } client ? Shown(200, client) : Unknown),
            ControlRoute.Put("/clients/{clientId}", Update),
            ControlRoute.Delete("/clients/{clientId}", call => clients.Remove(call.Id("clientId")) ? ControlResponse.NoContent : Unknown),
        ];

    private static ControlResponse Unknown => ControlResponse.Error(404, "There is no such client.");

    private static ControlResponse Shown(int status, EmulatorClient client) => ControlResponse.Json(status, ClientJson.Of(client), ControlJson.Readable.ClientJson);

    private ControlResponse Add(ControlCall call)
    {
        var client = call.Read(ControlJson.Readable.ClientJson).ToClient();
        try
        {
            clients.Add(client);
        }
        catch (ArgumentException)
        {
            // Everything else is checked.
            return ControlResponse.Error(409, $"clientId: A client with the id '{client.ClientId}' is registered already.");
        }

        return Shown(201, client).At(call, client.ClientId);
    }

    private ControlResponse Update(ControlCall call)
    {
        var json = call.Read(ControlJson.Readable.ClientJson);
        var id = call.Id("clientId");
        if (json.ClientId.Length > 0 && json.ClientId != id)
        {
            throw new JsonDefectException("clientId", "It is not the one in the path. To rename a client, add another and remove this one.");
        }

        json.ClientId = id;
        var client = json.ToClient();
        return clients.Update(client) ? Shown(200, client) : Unknown;
    }
}
