using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class AutoApproveTests : EmulatorTest
{
    [Fact]
    public async Task AutoApprove_approves_as_the_first_user_and_can_change_while_the_emulator_runs()
    {
        using var asked = await Visitor.AuthorizeAsync();
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);

        Emulator.Options.AutoApprove = true;

        Assert.Equal(BinanceEmulatorDefaults.UserId, await SignedInUserAsync());
    }

    [Fact]
    public async Task AutoApproveUser_is_the_user_who_approves()
    {
        Emulator.Options.AutoApprove = true;
        Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, await SignedInUserAsync());
    }

    [Fact]
    public async Task A_request_can_choose_its_user()
    {
        Emulator.Options.AutoApprove = true;

        Assert.Equal(BinanceEmulatorDefaults.UserIdWithoutEmail, await SignedInUserAsync(("emulator_user", BinanceEmulatorDefaults.UserIdWithoutEmail)));
    }

    [Fact]
    public async Task A_request_can_be_denied()
    {
        Emulator.Options.AutoApprove = true;

        using var response = await Visitor.AuthorizeAsync(("emulator_decision", "deny"));

        var parameters = Visitor.RedirectParameters(response);
        Assert.Equal(("access_denied", "the-state"), (parameters["error"], parameters["state"]));
    }

    [Fact]
    public async Task An_unknown_user_or_decision_is_an_error_page()
    {
        Emulator.Options.AutoApprove = true;
        Emulator.Options.AutoApproveUser = "nobody";

        using var byOption = await Visitor.AuthorizeAsync();
        using var byRequest = await Visitor.AuthorizeAsync(("emulator_user", "nobody"));
        using var decision = await Visitor.AuthorizeAsync(("emulator_decision", "perhaps"));

        Assert.All([byOption, byRequest, decision], response => Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode));
    }

    [Fact]
    public async Task An_invalid_request_is_not_approved()
    {
        Emulator.Options.AutoApprove = true;

        using var response = await Visitor.AuthorizeAsync(("scope", null));

        Assert.Equal("invalid_scope", Visitor.RedirectParameters(response)["error"]);
    }

    private async Task<string?> SignedInUserAsync(params (string Name, string? Value)[] changes)
    {
        using var redirect = await Visitor.AuthorizeAsync(changes);
        using var tokens = await Visitor.RedeemAsync(Visitor.RedirectParameters(redirect)["code"]);
        using var userInfo = await Visitor.UserInfoAsync((await Visitor.TokensAsync(tokens)).AccessToken);
        return (await Visitor.JsonAsync(userInfo)).GetProperty("data").GetProperty("userId").GetString();
    }
}
