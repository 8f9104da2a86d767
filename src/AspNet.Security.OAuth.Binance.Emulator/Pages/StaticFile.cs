using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>A file that is embedded in the assembly.</summary>
internal sealed class StaticFile(string name, string contentType)
{
    private readonly string _content = Read(name);

    public EmulatorResponse Handle(EmulatorCall call) => call.Is("GET") || call.Is("HEAD")
        ? new EmulatorResponse(200) { ContentType = contentType, Body = _content }
        : ErrorPage.Create(call, new(ProblemKind.PageMethod), 405).With("Allow", "GET, HEAD");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(StaticFile).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
