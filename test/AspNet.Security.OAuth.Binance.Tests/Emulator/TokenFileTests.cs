using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>
/// An emulator with a file of tokens takes over where the one before stopped.
/// </summary>
public sealed class TokenFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emulator-tokens-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder.FullName, "data", "tokens.json");

    [Fact]
    public async Task Session_of_an_application_goes_on_after_a_restart()
    {
        string accessToken, refreshToken;
        await using (var first = await StartAsync())
        {
            using var visitor = new Visitor(first);
            using var response = await visitor.RedeemAsync(await visitor.GetCodeAsync());
            (accessToken, refreshToken) = await Visitor.TokensAsync(response);
        }

        await using var second = await StartAsync();
        using var later = new Visitor(second);
        using var userInfo = await later.UserInfoAsync(accessToken);
        using var refreshed = await later.RefreshAsync(refreshToken);
        var tokens = await Visitor.TokensAsync(refreshed);
        using var revoked = await later.RevokeAsync(tokens.AccessToken);

        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.False(second.Tokens.IsLive(accessToken));
    }

    [Fact]
    public async Task Tokens_have_what_they_had()
    {
        EmulatorToken access, refresh;
        await using (var first = await StartAsync())
        {
            first.Options.RefreshTokenBehavior = RefreshTokenBehavior.Keep;
            var issued = first.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId, first.Users.Last().UserId, ["user:openId", "user:email"]);
            using var visitor = new Visitor(first);
            using var narrowed = await visitor.RefreshAsync(
                issued.RefreshToken, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null), ("scope", "user:openId"));
            Assert.Equal(HttpStatusCode.OK, narrowed.StatusCode);
            (access, refresh) = (first.Tokens.AccessTokens[1], first.Tokens.RefreshTokens.Single());
        }

        await using var second = await StartAsync();

        Assert.Equivalent(access, second.Tokens.AccessTokens[1], strict: true);
        Assert.Equivalent(refresh, second.Tokens.RefreshTokens.Single(), strict: true);
        Assert.Equal(["user:openId"], access.Scopes);
    }

    [Fact]
    public async Task Reuse_of_a_refresh_token_that_was_used_before_the_restart_is_detected()
    {
        EmulatorTokenPair issued;
        string accessToken;
        await using (var first = await StartAsync())
        {
            issued = first.Tokens.Issue();
            using var visitor = new Visitor(first);
            using var refreshed = await visitor.RefreshAsync(issued.RefreshToken);
            (accessToken, _) = await Visitor.TokensAsync(refreshed);
        }

        await using var second = await StartAsync();
        Assert.True(second.Tokens.IsLive(accessToken));
        using var later = new Visitor(second);
        using var reused = await later.RefreshAsync(issued.RefreshToken);

        await Visitor.AssertOAuthErrorAsync(reused, "invalid_grant");
        Assert.False(second.Tokens.IsLive(accessToken));
        await second.DisposeAsync();
        await using var third = await StartAsync();
        Assert.Empty(third.Tokens.AccessTokens);
        Assert.Empty(third.Tokens.RefreshTokens);
    }

    public static TheoryData<string> Endings => ["revocation", "token", "all", "expiry"];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task What_ended_stays_ended(string how)
    {
        EmulatorTokenPair ended, other;
        await using (var first = await StartAsync())
        {
            (ended, other) = (first.Tokens.Issue(), first.Tokens.Issue());
            using var visitor = new Visitor(first);
            switch (how)
            {
                case "revocation":
                    using (var revoked = await visitor.RevokeAsync(ended.AccessToken))
                    {
                        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
                    }

                    break;
                case "token":
                    first.Tokens.Revoke(ended.RefreshToken);
                    break;
                case "all":
                    first.Tokens.RevokeAll();
                    break;
                default:
                    first.Tokens.ExpireAccessTokens();
                    break;
            }
        }

        await using var second = await StartAsync();

        Assert.False(second.Tokens.IsLive(ended.AccessToken));
        Assert.Equal(how is "expiry", second.Tokens.IsRefreshTokenLive(ended.RefreshToken));
        Assert.Equal(how is "revocation" or "token", second.Tokens.IsLive(other.AccessToken));
    }

    [Fact]
    public async Task Code_that_is_used_twice_revokes_in_the_file_too()
    {
        await using (var first = await StartAsync())
        {
            using var visitor = new Visitor(first);
            var code = await visitor.GetCodeAsync();
            using var response = await visitor.RedeemAsync(code);
            using var replayed = await visitor.RedeemAsync(code);
            Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);
        }

        await using var second = await StartAsync();
        Assert.Empty(second.Tokens.RefreshTokens);
    }

    [Fact]
    public async Task Access_token_expires_by_the_clock_after_a_restart_too()
    {
        EmulatorTokenPair issued;
        await using (var first = await StartAsync())
        {
            issued = first.Tokens.Issue();
        }

        await using var second = await StartAsync();
        Assert.True(second.Tokens.IsLive(issued.AccessToken));
        second.Clock.Advance(issued.Lifetime);

        Assert.False(second.Tokens.IsLive(issued.AccessToken));
        Assert.True(second.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    // It would bring back what the first one revokes.
    [Fact]
    public async Task Second_emulator_on_the_file_fails_to_start_and_leaves_it_to_the_first()
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
    public async Task File_that_is_something_else_or_broken_is_named_and_left_as_it_is(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, content, Cancellation);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);

        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", exception.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, Cancellation));

        // The emulator that did not start holds nothing.
        File.Delete(FilePath);
        await using var emulator = await StartAsync();
    }

    [Fact]
    public async Task File_that_was_cut_anywhere_is_left_as_it_is()
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

    // A directory stands in the way of the file, of the one that replaces it, of the lock.
    [Theory]
    [InlineData("")]
    [InlineData(".tmp")]
    [InlineData(".lock")]
    public async Task Path_that_cannot_be_written_is_named_at_the_start(string extension)
    {
        Directory.CreateDirectory(FilePath + extension);

        var exception = await Assert.ThrowsAsync<IOException>(StartAsync);

        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_that_no_file_can_have_is_refused_at_the_start()
        => await Assert.ThrowsAsync<IOException>(() => BinanceEmulator.StartAsync(options => options.TokenFile = "a\0b", Cancellation));

    [Fact]
    public async Task File_that_cannot_be_written_is_named_in_the_response_and_in_the_journal()
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
    public async Task File_that_cannot_be_written_is_named_by_the_buttons_of_the_page(string action)
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
    public async Task File_is_whole_at_every_moment()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not replace a file that this test reads.");
        await using var emulator = await StartAsync();
        var issuing = Task.Run(() => Array.ForEach(new int[100], _ => emulator.Tokens.Issue()), Cancellation);

        do
        {
            using var content = JsonDocument.Parse(await File.ReadAllBytesAsync(FilePath, Cancellation));
        }
        while (!issuing.IsCompleted);

        await issuing;
    }

    [Fact]
    public async Task Emulator_that_could_not_listen_leaves_the_file_to_the_next()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BinanceEmulator.StartAsync(options => options.TokenFile = FilePath, new CancellationToken(canceled: true)));

        await using var emulator = await StartAsync();
    }

    [Fact]
    public async Task Files_are_for_their_owner_alone_and_a_temporary_one_that_was_left_behind_is_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync($"{FilePath}.tmp", "left behind", Cancellation);
        await using var emulator = await StartAsync();
        emulator.Tokens.Issue();

        Assert.Equal(["tokens.json", "tokens.json.lock"], Directory.GetFiles(Path.GetDirectoryName(FilePath)!).Select(Path.GetFileName).Order());
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Fact]
    public async Task Inside_an_application_s_own_host_the_file_is_the_application_s_until_its_end()
    {
        EmulatorTokenPair before, after;
        await using (var application = Build())
        {
            // An emulator of a host is used before it is mapped, as by set-up code.
            before = application.Services.GetRequiredService<BinanceEmulator>().Tokens.Issue();
            application.MapBinanceEmulator();
            application.MapGroup("/again").MapBinanceEmulator();
            after = application.Services.GetRequiredService<BinanceEmulator>().Tokens.Issue();
            await using var second = Build();
            Assert.Throws<IOException>(() => second.MapBinanceEmulator());
        }

        await using var later = Build();
        later.MapBinanceEmulator();
        var emulator = later.Services.GetRequiredService<BinanceEmulator>();
        Assert.True(emulator.Tokens.IsLive(before.AccessToken));
        Assert.True(emulator.Tokens.IsLive(after.AccessToken));

        WebApplication Build()
        {
            var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = "Development" });
            builder.WebHost.UseTestServer();
            builder.Services.AddRoutingCore();
            builder.Services.AddBinanceEmulator(options => options.TokenFile = FilePath);
            return builder.Build();
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<BinanceEmulator> StartAsync() => BinanceEmulator.StartAsync(options => options.TokenFile = FilePath, Cancellation);
}
