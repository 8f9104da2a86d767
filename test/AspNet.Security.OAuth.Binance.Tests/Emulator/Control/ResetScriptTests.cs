using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class ResetScriptTests : ScriptTest
{
    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_reset_restores_clients_and_users(string language)
    {
        var script = Script(language);
        await script.AddAsync(new EmulatorClient { ClientId = "shop", RedirectUris = [Visitor.RedirectUri] });
        await script.RemoveClientAsync(BinanceEmulatorDefaults.ClientId);
        await script.AddAsync(new EmulatorUser { Label = "New" });
        await script.RemoveUserAsync(BinanceEmulatorDefaults.UserId);

        await script.ResetAsync();

        await Visitor.SignInAsync();
        Assert.Equal([BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.PublicClientId], (await script.ClientsAsync()).Select(client => client.ClientId));
        Assert.Equal(
            [BinanceEmulatorDefaults.UserId, BinanceEmulatorDefaults.UserIdWithoutEmail, BinanceEmulatorDefaults.SecondUserId],
            (await script.UsersAsync()).Select(user => user.UserId));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_reset_removes_tokens_codes_consents_and_requests(string language)
    {
        var script = Script(language);
        var (accessToken, refreshToken) = await Visitor.SignInAsync();
        var code = await Visitor.GetCodeAsync();
        var form = await Visitor.OpenConsentAsync();

        await script.ResetAsync();

        Assert.Empty(await script.RequestsAsync(new()));
        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        using var redeemed = await Visitor.RedeemAsync(code);
        using var approved = await Visitor.DecideAsync(form, "authorize");
        Assert.Equal([401, 400, 400, 400], [(int)userInfo.StatusCode, (int)refreshed.StatusCode, (int)redeemed.StatusCode, (int)approved.StatusCode]);
        Assert.Equal(4, (await script.RequestsAsync(new())).Count);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Faults_are_gone_and_the_clock_is_the_systems(string language)
    {
        var script = Script(language);
        await script.NextAsync(EmulatorEndpoint.UserInfo, new(EmulatorFault.Status(503), """{"status":503}"""), times: null);
        await script.AdvanceAsync(TimeSpan.FromDays(365));

        await script.ResetAsync();

        using var userInfo = await Visitor.UserInfoAsync(null);
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        Assert.Equal(TimeSpan.Zero, (await script.ClockAsync()).Offset);
        await Visitor.SignInAsync();
        Assert.InRange(Emulator.Tokens.AccessTokens.Single().IssuedAt, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Options_are_those_of_the_start(string language)
    {
        var script = Script(language);
        await script.ChangeAsync(
            options =>
            {
                (options.AutoApprove, options.AccessTokenLifetime) = (true, TimeSpan.FromSeconds(5));
                options.AllowedOrigins.Add("https://app.example");
            },
            """{"autoApprove":true,"accessTokenLifetimeSeconds":5,"allowedOrigins":["https://app.example"]}""");

        await script.ResetAsync();

        await Visitor.OpenConsentAsync();
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync());
        Assert.Equal(30714, (await Visitor.JsonAsync(response)).GetProperty("expires_in").GetInt32());
        Assert.Empty(Emulator.Options.AllowedOrigins);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_held_call_goes_on_and_finds_its_code_unknown(string language)
    {
        var script = Script(language);
        var code = await Visitor.GetCodeAsync();
        var hold = await script.HoldAsync(EmulatorEndpoint.Token);
        var call = Visitor.RedeemAsync(code);
        await hold.WaitForCallsAsync(1);

        await script.ResetAsync();

        using var response = await call;
        await Visitor.AssertOAuthErrorAsync(response, "invalid_grant");
        Assert.Empty(await script.HoldsAsync());
        Assert.Empty(await script.AccessTokensAsync());
        Assert.Empty(await script.RequestsAsync(new()));
    }
}
