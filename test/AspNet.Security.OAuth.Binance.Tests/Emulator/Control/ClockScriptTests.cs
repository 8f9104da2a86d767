using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class ClockScriptTests : ScriptTest
{
    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_clock_begins_at_the_systems_time(string language)
    {
        var before = TimeProvider.System.GetUtcNow();

        var (now, offset) = await Script(language).ClockAsync();

        Assert.InRange(now, before, TimeProvider.System.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, offset);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Tokens_expire_when_the_clock_advances(string language)
    {
        var script = Script(language);
        var (accessToken, _) = await Visitor.SignInAsync();

        await script.AdvanceAsync(TimeSpan.FromSeconds(30714.5));

        using var response = await Visitor.UserInfoAsync(accessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(30714.5), (await script.ClockAsync()).Offset);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Tokens_expire_when_the_clock_is_set(string language)
    {
        var script = Script(language);
        var (accessToken, _) = await Visitor.SignInAsync();
        var expiry = Emulator.Tokens.AccessTokens.Single().ExpiresAt!.Value;

        await script.SetAsync(expiry);

        using var response = await Visitor.UserInfoAsync(accessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.InRange((await script.ClockAsync()).Now, expiry, expiry + TimeSpan.FromMinutes(1));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_clock_can_be_set_to_now(string language)
    {
        var script = Script(language);
        await script.AdvanceAsync(TimeSpan.FromHours(1));

        await script.SetAsync(Emulator.Clock.GetUtcNow());

        Assert.InRange((await script.ClockAsync()).Offset, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
    }
}
