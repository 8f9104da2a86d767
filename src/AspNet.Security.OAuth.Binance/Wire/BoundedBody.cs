using System.Buffers;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// Reads at most 64 KiB of an answer: a server that never stops sending must not fill our memory.
/// </summary>
internal static class BoundedBody
{
    public const int Limit = 64 * 1024;

    // Every documented answer fits, so that nearly always one buffer is enough.
    private const int FirstBuffer = 2 * 1024;

    /// <returns>The body, or <see langword="null"/> if it is larger than <see cref="Limit"/>.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > Limit)
        {
            return null;
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                // One byte above the limit says all there is to know.
                var room = Math.Min(buffer.Length, Limit + 1) - length;
                var read = await stream.ReadAsync(buffer.AsMemory(length, room), cancellationToken);
                if (read == 0)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                length += read;
                if (length > Limit)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }
            }
        }
        finally
        {
            Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        Return(buffer);
        return larger;
    }

    // It held tokens, and whoever rents it next may be anybody.
    private static void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
}
