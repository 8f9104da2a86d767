using Microsoft.AspNetCore.DataProtection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

/// <summary>
/// Data protection that protects nothing, so that a test knows the length of what is written to the cache.
/// </summary>
internal sealed class PlainProtection : IDataProtector
{
    /// <summary>What is written instead of every value.</summary>
    public byte[]? Instead { get; set; }

    public IDataProtector CreateProtector(string purpose) => this;

    public byte[] Protect(byte[] plaintext) => Instead ?? plaintext;

    public byte[] Unprotect(byte[] protectedData) => protectedData;
}
