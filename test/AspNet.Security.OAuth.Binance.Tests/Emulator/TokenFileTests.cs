using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Tokens in <see cref="BinanceEmulatorOptions.TokenFile"/> are valid after a restart.</summary>
public sealed class TokenFileTests : TokenFileTest
{
    [Fact]
    public async Task A_session_survives_a_restart()
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
    public async Task Tokens_are_unchanged_after_a_restart()
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
    public async Task Reuse_is_detected_after_a_restart()
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
    public async Task Revoked_and_expired_tokens_are_not_restored(string how)
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
    public async Task The_reuse_of_a_code_removes_the_tokens_from_the_file()
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
    public async Task An_access_token_expires_after_a_restart()
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

    [Fact]
    public async Task The_file_is_complete_at_every_time()
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
    public async Task The_files_are_private_and_a_leftover_temporary_file_is_replaced()
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
    public async Task An_applications_host_uses_the_file_until_it_is_disposed()
    {
        EmulatorTokenPair before, after;
        await using (var application = Build())
        {
            // Set-up code can use the emulator before it is mapped.
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
}
