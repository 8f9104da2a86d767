namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Filters the requests of the journal. A parameter that the query omits matches all.</summary>
internal static class RequestFilter
{
    public static readonly IReadOnlyList<string> Parameters = ["endpoint", "method", "path", "grantType", "clientId", "grantId", "status", "fault"];

    public static Func<EmulatorRequest, bool> Read(ControlCall call)
    {
        var endpoint = call.Endpoint("endpoint");
        var status = call.Number("status", least: 0);
        var (method, path, fault) = (call.Text("method"), call.Text("path"), call.Text("fault"));
        var (grantType, clientId, grantId) = (call.Text("grantType"), call.Text("clientId"), call.Text("grantId"));
        return request => (endpoint is null || request.Endpoint == endpoint)
            && (status is null || request.Status == status)
            && Matches(method, request.Method)
            && Matches(path, request.Path)
            && Matches(grantType, request.GrantType)
            && Matches(clientId, request.Form["client_id"] ?? request.Query["client_id"])
            && Matches(grantId, request.GrantId)
            && (fault is null || IsFault(fault, request.Fault));
    }

    private static bool Matches(string? wanted, string? value) => wanted is null || wanted == value;

    // "status" matches every status, "Status 503" that one.
    private static bool IsFault(string wanted, string? fault)
        => fault is not null && (wanted.Equals(fault, StringComparison.OrdinalIgnoreCase) || wanted.Equals(fault.Split(' ')[0], StringComparison.OrdinalIgnoreCase));
}
