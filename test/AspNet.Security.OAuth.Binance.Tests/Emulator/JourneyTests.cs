using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class JourneyTests : EmulatorTest
{
    [Fact]
    public async Task A_sign_in_leads_from_the_consent_page_to_user_info_and_revocation()
    {
        var form = await Visitor.OpenConsentAsync();
        using var redirect = await Visitor.DecideAsync(form, "authorize", BinanceEmulatorDefaults.SecondUserId);
        Assert.Equal(HttpStatusCode.SeeOther, redirect.StatusCode);
        Assert.StartsWith(Visitor.RedirectUri + "?code=", redirect.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("the-state", Visitor.RedirectParameters(redirect)["state"]);

        using var tokenResponse = await Visitor.RedeemAsync(Visitor.RedirectParameters(redirect)["code"]);
        var (accessToken, refreshToken) = await Visitor.TokensAsync(tokenResponse);

        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        var data = (await Visitor.JsonAsync(userInfo)).GetProperty("data");
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, data.GetProperty("userId").GetString());

        using var revoked = await Visitor.RevokeAsync(accessToken);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.False(Emulator.Tokens.IsLive(accessToken));
        Assert.False(Emulator.Tokens.IsRefreshTokenLive(refreshToken));
    }

    [Fact]
    public async Task A_public_client_signs_in_with_its_verifier_and_no_secret()
    {
        var code = await Visitor.GetCodeAsync(("client_id", BinanceEmulatorDefaults.PublicClientId));

        using var response = await Visitor.RedeemAsync(code, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));

        var (accessToken, refreshToken) = await Visitor.TokensAsync(response);
        Assert.True(Emulator.Tokens.IsLive(accessToken));
        using var refreshed = await Visitor.RefreshAsync(refreshToken, ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }
}
