using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class RequestScriptTests : ScriptTest
{
    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Requests_can_be_filtered(string language)
    {
        var script = Script(language);
        var (accessToken, refreshToken) = await Visitor.SignInAsync();
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        using var unavailable = await Visitor.UserInfoAsync(accessToken);
        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        using var refused = await Visitor.RefreshAsync("unknown", ("client_id", BinanceEmulatorDefaults.PublicClientId), ("client_secret", null));

        Assert.Equal(6, (await script.RequestsAsync(new())).Count);
        Assert.Equal([503, 200], (await script.RequestsAsync(new(Endpoint: EmulatorEndpoint.UserInfo))).Select(request => request.Status));
        Assert.Equal(3, (await script.RequestsAsync(new(Method: "POST"))).Count);
        Assert.Equal("the-state", (await script.RequestsAsync(new(Path: "/en/oauth/authorize"))).Single().State);
        Assert.Equal([refreshToken, "unknown"], (await script.RequestsAsync(new(GrantType: "refresh_token"))).Select(request => request.RefreshToken));
        Assert.Equal("unknown", (await script.RequestsAsync(new(ClientId: BinanceEmulatorDefaults.PublicClientId))).Single().RefreshToken);
        Assert.Equal(3, (await script.RequestsAsync(new(ClientId: BinanceEmulatorDefaults.ClientId))).Count);
        Assert.Equal("unknown", (await script.RequestsAsync(new(Status: 400))).Single().RefreshToken);
        Assert.Equal(EmulatorEndpoint.UserInfo, (await script.RequestsAsync(new(Fault: "Status 503"))).Single().Endpoint);
        Assert.Empty(await script.RequestsAsync(new(Endpoint: EmulatorEndpoint.UserInfo, Status: 503, Method: "POST")));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Requests_can_be_filtered_by_grant_and_have_the_reason_for_a_refusal(string language)
    {
        var script = Script(language);
        var code = await Visitor.GetCodeAsync();
        await Visitor.SignInAsync();
        using var refused = await Visitor.RedeemAsync(code, ("redirect_uri", "http://localhost:1/x"));

        var authorize = (await script.RequestsAsync(new(Endpoint: EmulatorEndpoint.Authorize)))[0];
        var requests = await script.RequestsAsync(new(GrantId: authorize.GrantId));

        Assert.Equal(2, requests.Count);
        Assert.Contains($"code={code}", authorize.Location, StringComparison.Ordinal);
        Assert.Null(authorize.Refusal);
        Assert.Equal(("The redirect_uri differs from that of the authorize request.", Visitor.RedirectUri, "http://localhost:1/x"), requests[1].Refusal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_nth_request_can_be_waited_for(string language)
    {
        var script = Script(language);
        var second = script.WaitForAsync(new(GrantType: "refresh_token"), 2);
        using var first = await Visitor.RefreshAsync("first");
        using var userInfo = await Visitor.UserInfoAsync(null);
        Assert.False(second.IsCompleted);

        using var last = await Visitor.RefreshAsync("second");

        Assert.Equal("second", (await second).RefreshToken);
        Assert.Equal("first", (await script.WaitForAsync(new(GrantType: "refresh_token"), 1)).RefreshToken);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Requests_can_be_removed(string language)
    {
        var script = Script(language);
        using var forgotten = await Visitor.UserInfoAsync(null);

        await script.ClearRequestsAsync();

        Assert.Empty(await script.RequestsAsync(new()));
        using var kept = await Visitor.AuthorizeAsync();
        Assert.Equal(EmulatorEndpoint.Authorize, (await script.RequestsAsync(new())).Single().Endpoint);
    }
}
