namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The embedded documents: the OpenAPI document, and the schema of the configuration file.</summary>
internal static class DocumentsResource
{
    public static IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Constant("/openapi.json", Serve("openapi.json")),
            ControlRoute.Constant("/configuration.schema.json", Serve("binance-emulator.schema.json")),
        ];

    private static Func<ControlCall, ControlResponse> Serve(string name) => _ =>
    {
        using var stream = typeof(DocumentsResource).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new ControlResponse(200, content);
    };
}
