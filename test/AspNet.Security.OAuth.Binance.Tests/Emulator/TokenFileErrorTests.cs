using System.Net;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>A <see cref="BinanceEmulatorOptions.TokenFile"/> that is in use, invalid, or cannot be written.</summary>
public sealed class TokenFileErrorTests : TokenFileTest
{
    // Otherwise the second emulator would restore tokens that the first one has revoked.
    [Fact]
    public async Task A_second_emulator_with_the_same_file_does_not_start()
    {
        await using var first = await StartAsync();

        var exception = await Assert.ThrowsAsync<IOException>(StartAsync);

        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
        Assert.Contains("another emulator", exception.Message, StringComparison.Ordinal);
        var issued = first.Tokens.Issue();
        await first.DisposeAsync();
        await using var second = await StartAsync();
        Assert.True(second.Tokens.IsLive(issued.AccessToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("Buy milk.")]
    [InlineData("{}")]
    [InlineData("""{"format":"Binance emulator tokens","version":1,"grants":[null]}""")]
    [InlineData("""{"format":"Binance emulator tokens","version":1,"grants":[{}]}""")]
    [InlineData("""{"format":"Binance emulator tokens","version":2,"grants":[]}""")]
    [InlineData("""{"format":"another program's","version":1,"grants":[]}""")]
    [InlineData("""{"format":"Binance emulator tokens","version":1,"grants":[{"id":"a","clientId":"b","userId":"c","scopes":[],"accessTokens":[],"refreshTokens":[{"value":"d","issuedAt":"2026-01-01T00:00:00Z","isSpent":false},{"value":"d","issuedAt":"2026-01-01T00:00:00Z","isSpent":true}]}]}""")]
    public async Task A_file_with_other_content_throws_and_is_not_changed(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, content, Cancellation);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);

        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", exception.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, Cancellation));

        // The failed start has released the lock.
        File.Delete(FilePath);
        await using var emulator = await StartAsync();
    }

    [Fact]
    public async Task A_truncated_file_throws_and_is_not_changed()
    {
        await using (var emulator = await StartAsync())
        {
            emulator.Tokens.Issue();
        }

        var content = (await File.ReadAllTextAsync(FilePath, Cancellation)).TrimEnd();
        for (var length = 0; length < content.Length; length += 7)
        {
            await File.WriteAllTextAsync(FilePath, content[..length], Cancellation);
            await Assert.ThrowsAsync<InvalidDataException>(StartAsync);
            Assert.Equal(length, new FileInfo(FilePath).Length);
        }
    }

    // A directory has the name of the file, of the temporary file, or of the lock.
    [Theory]
    [InlineData("")]
    [InlineData(".tmp")]
    [InlineData(".lock")]
    public async Task A_path_that_cannot_be_written_throws_at_the_start(string extension)
    {
        Directory.CreateDirectory(FilePath + extension);

        var exception = await Assert.ThrowsAsync<IOException>(StartAsync);

        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_path_throws_at_the_start()
        => await Assert.ThrowsAsync<IOException>(() => BinanceEmulator.StartAsync(options => options.TokenFile = "a\0b", Cancellation));

    [Fact]
    public async Task A_write_error_is_in_the_response_and_in_the_journal()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete a file that is locked.");
        await using var emulator = await StartAsync();
        using var visitor = new Visitor(emulator);
        var code = await visitor.GetCodeAsync();
        Directory.Delete(Path.GetDirectoryName(FilePath)!, recursive: true);

        using var response = await visitor.RedeemAsync(code);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(FilePath, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        var request = emulator.Requests.To(EmulatorEndpoint.Token).Single();
        Assert.Equal(500, request.Status);
        Assert.Contains(FilePath, request.Refusal!.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expire")]
    [InlineData("reset")]
    public async Task A_write_error_is_in_the_response_of_the_buttons(string action)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete a file that is locked.");
        await using var emulator = await StartAsync();
        emulator.Tokens.Issue();
        using var visitor = new Visitor(emulator);
        var antiforgery = Regex.Match(await visitor.Http.GetStringAsync("/emulator", Cancellation), "name=\"antiforgery\" value=\"([^\"]+)\"").Groups[1].Value;
        Directory.Delete(Path.GetDirectoryName(FilePath)!, recursive: true);

        using var response = await visitor.PostAsync([new("antiforgery", antiforgery), new("action", action)], "/emulator/actions");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(FilePath, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_start_releases_the_file()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BinanceEmulator.StartAsync(options => options.TokenFile = FilePath, new CancellationToken(canceled: true)));

        await using var emulator = await StartAsync();
    }
}
