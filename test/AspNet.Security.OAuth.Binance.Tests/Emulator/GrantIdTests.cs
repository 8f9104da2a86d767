using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>All requests of a sign-in have the same <see cref="EmulatorRequest.GrantId"/>.</summary>
public sealed class GrantIdTests : EmulatorTest
{
    private string? Last => Emulator.Requests.Last().GrantId;

    [Fact]
    public async Task All_requests_of_a_sign_in_have_the_id_of_its_grant()
    {
        var form = await Visitor.OpenConsentAsync();
        using var consented = await Visitor.DecideAsync(form, "authorize");
        using var redeemed = await Visitor.RedeemAsync(Visitor.RedirectParameters(consented)["code"]);
        var (accessToken, refreshToken) = await Visitor.TokensAsync(redeemed);
        using var userInfo = await Visitor.UserInfoAsync(accessToken);
        using var refreshed = await Visitor.RefreshAsync(refreshToken);
        var (newAccessToken, _) = await Visitor.TokensAsync(refreshed);
        using var revoked = await Visitor.RevokeAsync(newAccessToken);
        using var afterwards = await Visitor.UserInfoAsync(newAccessToken);

        var id = Assert.Single(Emulator.Requests.Select(request => request.GrantId).Distinct());
        Assert.NotNull(id);
        Assert.Equal(7, Emulator.Requests.Count());
    }

    [Fact]
    public async Task Two_sign_ins_have_two_ids()
    {
        await Visitor.SignInAsync();
        await Visitor.SignInAsync();

        Assert.Equal(2, Emulator.Requests.Select(request => request.GrantId).Distinct().Count());
    }

    [Fact]
    public async Task Tokens_without_a_sign_in_have_the_id_of_their_pair()
    {
        var tokens = Emulator.Tokens.Issue();

        using var response = await Visitor.UserInfoAsync(tokens.AccessToken);

        Assert.Equal(tokens.GrantId, Last);
    }

    [Fact]
    public async Task A_request_that_is_refused_or_gets_a_fault_has_the_id_too()
    {
        var code = await Visitor.GetCodeAsync();
        var id = Last;
        using var wrongSecret = await Visitor.RedeemAsync(code, ("client_secret", "wrong"));
        Assert.Equal(id, Last);
        using var redeemed = await Visitor.RedeemAsync(code);
        var (_, refreshToken) = await Visitor.TokensAsync(redeemed);
        Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        using var faulted = await Visitor.RefreshAsync(refreshToken);
        Assert.Equal(id, Last);
        using var replayed = await Visitor.RedeemAsync(code);
        Assert.Equal(id, Last);
    }

    [Fact]
    public async Task A_cancelled_sign_in_has_one_id()
    {
        var form = await Visitor.OpenConsentAsync();
        var id = Last;

        using var response = await Visitor.DecideAsync(form, "cancel");

        Assert.NotNull(id);
        Assert.Equal(id, Last);
    }

    [Fact]
    public async Task A_form_that_is_submitted_twice_has_the_id_of_its_sign_in()
    {
        var form = await Visitor.OpenConsentAsync();
        var id = Last;
        using var first = await Visitor.DecideAsync(form, "authorize");

        using var second = await Visitor.DecideAsync(form, "authorize");

        Assert.Equal(id, Last);
    }

    [Fact]
    public async Task A_refused_authorize_request_of_a_known_client_has_an_id_of_its_own()
    {
        using var first = await Visitor.AuthorizeAsync(("scope", "a b"));
        var id = Last;
        using var second = await Visitor.AuthorizeAsync(("redirect_uri", "http://localhost:1/x"));

        Assert.NotNull(id);
        Assert.NotNull(Last);
        Assert.NotEqual(id, Last);
        using var unknown = await Visitor.AuthorizeAsync(("client_id", "nobody"));
        Assert.Null(Last);
    }

    [Fact]
    public async Task An_unknown_token_has_no_id()
    {
        using var response = await Visitor.UserInfoAsync("unknown");

        Assert.Null(Last);
    }
}
