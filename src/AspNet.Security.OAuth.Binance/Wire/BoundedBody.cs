using System.Buffers;
using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// Reads at most 64 KiB of an answer: a server that never stops sending must not fill our memory. What was read is cleared: it may
/// hold tokens, and the parsed document clears its own copy when it is disposed of.
/// </summary>
internal static class BoundedBody
{
    public const int Limit = 64 * 1024;

    // Every documented answer fits, so that nearly always one buffer is enough.
    private const int FirstBuffer = 2 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<WireResult<WireAnswer>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > Limit)
        {
            return WireAnswer.TooLarge(response.StatusCode);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
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
                    return WireAnswer.Parse(response.StatusCode, buffer, length);
                }

                length += read;
                if (length > Limit)
                {
                    return WireAnswer.TooLarge(response.StatusCode);
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
