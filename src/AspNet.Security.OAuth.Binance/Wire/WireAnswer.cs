using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The status of an answer, and its body if that was a JSON object.
/// </summary>
internal readonly struct WireAnswer
{
    // Of two members of one name one would win by chance, and another reader may see the other.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonDocument? _document;
    private readonly string? _fault;

    private WireAnswer(HttpStatusCode status, JsonDocument? document, string? fault) => (Status, _document, _fault) = (status, document, fault);

    public HttpStatusCode Status { get; }

    public int StatusCode => (int)Status;

    public static WireAnswer TooLarge(HttpStatusCode status) => new(status, null, "the answer is larger than 64 KiB");

    public static WireAnswer Parse(HttpStatusCode status, byte[] buffer, int length)
    {
        JsonDocument document;
        try
        {
            // As a stream, because then the document keeps a copy of its own, which it clears and gives back.
            document = JsonDocument.Parse(new MemoryStream(buffer, 0, length, writable: false), _strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what half of a surrogate pair in a name comes to.
            return new(status, null, "the answer is not JSON");
        }

        if (document.RootElement.ValueKind is JsonValueKind.Object)
        {
            return new(status, document, null);
        }

        document.Dispose();
        return new(status, null, "the answer is not a JSON object");
    }

    /// <summary>The body, if it is there and was one JSON object. The caller disposes it.</summary>
    public bool TryGetBody([NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? reason)
    {
        (document, reason) = (_document, _fault);
        return document is not null;
    }
}
