using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The status and the body of an answer.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body, or <see langword="null"/> if it was larger than <see cref="BoundedBody.Limit"/>.</param>
internal sealed record WireAnswer(HttpStatusCode Status, ReadOnlyMemory<byte>? Body)
{
    // Of two members of one name one would win by chance, and another reader may see the other.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public int StatusCode => (int)Status;

    /// <summary>Parses the body, if it is there and holds one JSON object. The caller disposes the document.</summary>
    public bool TryParse([NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? reason)
    {
        document = null;
        if (Body is not { } body)
        {
            reason = "the answer is larger than 64 KiB";
            return false;
        }

        try
        {
            document = JsonDocument.Parse(body, _strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what half of a surrogate pair in a name comes to.
            reason = "the answer is not JSON";
            return false;
        }

        if (document.RootElement.ValueKind is JsonValueKind.Object)
        {
            reason = null;
            return true;
        }

        document.Dispose();
        document = null;
        reason = "the answer is not a JSON object";
        return false;
    }
}
