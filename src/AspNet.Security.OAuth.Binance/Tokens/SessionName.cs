using System.Buffers.Text;
using System.Security.Cryptography;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Names of sessions: 48 random bits each. Not a piece of anything that comes with the request, because whoever can make a request a second
/// time could then give two sessions one name, and end one with the other.
/// </summary>
internal static class SessionName
{
    private const int Bytes = 6;
    private const int NamesAtOnce = 256;

    // Asking for random bytes is what takes long, however few they are.
    private static readonly byte[] _random = new byte[NamesAtOnce * Bytes];
    private static readonly Lock _lock = new();
    private static int _left;

    public static string New()
    {
        Span<byte> name = stackalloc byte[Bytes];
        lock (_lock)
        {
            if (_left == 0)
            {
                RandomNumberGenerator.Fill(_random);
                _left = _random.Length;
            }

            _left -= Bytes;
            _random.AsSpan(_left, Bytes).CopyTo(name);
        }

        return Base64Url.EncodeToString(name);
    }
}
