
namespace AspNet.Security.OAuth.Binance.Tests.Support.Secrets;

/// <summary>
/// Finds secrets in texts, in any encoding and also in part.
/// </summary>
internal sealed class SecretFinder
{
    /// <summary>How many characters of a secret in a row count as a leak, in upper case or lower.</summary>
    public const int Piece = 12;

    private const int Long = 128;

    private readonly Dictionary<string, string> _pieces = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _kinds;

    /// <param name="secrets">Each secret with what it is.</param>
    /// <param name="known">Public texts, of which a secret may contain a piece.</param>
    public SecretFinder(IEnumerable<KeyValuePair<string, string>> secrets, params string[] known)
    {
        foreach (var (value, kind) in secrets)
        {
            foreach (var form in SecretForms.Of(value))
            {
                // Of the encodings of a long value only every twelfth piece is kept, to save memory: any 23 consecutive characters contain one.
                var step = value.Length > Long && form != value ? Piece : 1;
                foreach (var piece in Pieces(form, step))
                {
                    _pieces[piece] = kind;
                }
            }
        }

        foreach (var piece in known.SelectMany(text => Pieces(text, 1)))
        {
            _pieces.Remove(piece);
        }

        _kinds = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// The kinds of secrets in a text, each with the text before it. White space inside a secret, as in a hexadecimal dump, is ignored.
    /// </summary>
    public IReadOnlyDictionary<string, string> Find(string text)
    {
        Dictionary<string, string> found = [];
        Find(text, found);
        Find(string.Concat(text.Where(c => !char.IsWhiteSpace(c))), found);
        return found;
    }

    private void Find(string text, Dictionary<string, string> found)
    {
        for (var i = 0; i + Piece <= text.Length; i++)
        {
            if (_kinds.TryGetValue(text.AsSpan(i, Piece), out var kind) && !found.ContainsKey(kind))
            {
                found[kind] = text[Math.Max(0, i - 200)..i];
            }
        }
    }

    private static IEnumerable<string> Pieces(string text, int step)
    {
        for (var i = 0; i + Piece <= text.Length; i += step)
        {
            yield return text.Substring(i, Piece);
        }
    }
}
