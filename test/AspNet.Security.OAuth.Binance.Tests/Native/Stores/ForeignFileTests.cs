using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// A file of another format is not read, overwritten or deleted.
/// </summary>
public sealed class ForeignFileTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Files => new()
    {
        { "notes", "Buy milk.\n", "not a session file" },
        { "other JSON", """{"access_token":"of another program"}""", "not a session file" },
        { "name that only begins alike", "AspNet.Security.OAuth.Binance/sessions 1 plain\n", "not a session file" },
        { "empty line", "\nBuy milk.\n", "not a session file" },
        { "nothing", "", "empty" },
        { "beginning of the header", "AspNet.Security.OAu", "broken" },
        { "header without its end", "AspNet.Security.OAuth.Binance/session 1 plain", "broken" },
        { "header without a payload's hash", "AspNet.Security.OAuth.Binance/session 1 plain\npayload", "broken" },
        { "version that is no number", "AspNet.Security.OAuth.Binance/session x plain 00\n", "broken" },
        { "newer version", "AspNet.Security.OAuth.Binance/session 2 something else\n", "newer version" },
        { "newer version of one line", "AspNet.Security.OAuth.Binance/session 17", "newer version" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public Task File_that_is_no_session_stays(string kind, string content, string reason)
    {
        Assert.NotEmpty(kind);
        return AssertStaysAsync(Encoding.UTF8.GetBytes(content), reason);
    }

    // Its hash is that of its content: a text that this version does not write.
    [Fact]
    public Task Session_that_is_no_text_stays() => AssertStaysAsync(OfPayload([0xFF]), "another user");

    [Fact]
    public Task File_that_is_too_large_stays_although_it_has_the_format() => AssertStaysAsync(OfPayload(new byte[1024 * 1024]), "not a session file");

    [Fact]
    public async Task Session_that_was_cut_anywhere_stays()
    {
        var session = await WrittenAsync();

        for (var length = 0; length < session.Length; length++)
        {
            await AssertStaysAsync(session[..length], length == 0 ? "empty" : "broken");
        }
    }

    [Fact]
    public async Task Session_that_was_changed_anywhere_stays()
    {
        var session = await WrittenAsync();

        for (var place = 0; place < session.Length; place++)
        {
            var changed = session.ToArray();
            changed[place] ^= 1;
            await AssertStaysAsync(changed, "session");
        }
    }

    [Fact]
    public async Task Session_with_something_appended_stays() => await AssertStaysAsync([.. await WrittenAsync(), (byte)' '], "broken");

    [Fact]
    public async Task Session_of_another_operating_system_stays()
    {
        var other = OperatingSystem.IsWindows() ? (Own: " dpapi ", Other: " plain ") : (Own: " plain ", Other: " dpapi ");
        var session = Encoding.UTF8.GetString(await WrittenAsync()).Replace(other.Own, other.Other, StringComparison.Ordinal);

        await AssertStaysAsync(Encoding.UTF8.GetBytes(session), "another operating system");
    }

    [Fact]
    public async Task World_readable_file_of_another_program_is_reported_as_no_session_file()
    {
        await File.WriteAllTextAsync(_folder.FilePath, "Buy milk.", Cancellation);
        StoreFolder.SetMode(_folder.FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => _folder.Store.ReadAsync(Cancellation).AsTask());

        Assert.Contains("not a session file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_does_not_contain_the_content()
    {
        _folder.Plant("session", Encoding.UTF8.GetBytes("AspNet.Security.OAuth.Binance/session 1 plain 00\na-secret"));

        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => _folder.Store.ReadAsync(Cancellation).AsTask());

        Assert.DoesNotContain("a-secret", exception.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] OfPayload(byte[] payload)
        => [.. Encoding.UTF8.GetBytes($"AspNet.Security.OAuth.Binance/session 1 {(OperatingSystem.IsWindows() ? "dpapi" : "plain")} {Convert.ToHexStringLower(SHA256.HashData(payload))}\n"), .. payload];

    private async Task<byte[]> WrittenAsync()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        return await File.ReadAllBytesAsync(_folder.FilePath, Cancellation);
    }

    private async Task AssertStaysAsync(byte[] content, string reason)
    {
        _folder.Plant("session", content);
        Func<ValueTask>[] operations =
        [
            async () => await _folder.Store.ReadAsync(Cancellation),
            () => _folder.Store.WriteAsync("another session", Cancellation),
            () => _folder.Store.DeleteAsync(Cancellation),
        ];

        foreach (var operation in operations)
        {
            var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => operation().AsTask());
            Assert.Equal(BinanceFailure.StoreUnavailable, exception.Failure);
            Assert.Contains(_folder.FilePath, exception.Message, StringComparison.Ordinal);
            Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
            Assert.Matches("sign in again|Update", exception.Message);
        }

        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.FilePath, Cancellation));
        Assert.Equal(["session"], _folder.Names);
    }
}
