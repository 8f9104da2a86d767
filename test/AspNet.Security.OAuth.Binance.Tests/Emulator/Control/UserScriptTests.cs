using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class UserScriptTests : ScriptTest
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_added_user_signs_in_until_it_is_removed(string language)
    {
        var script = Script(language);
        Assert.False(await script.HasUserAsync(Id));
        await script.AddAsync(new EmulatorUser { UserId = Id, Email = "new@example.com", Label = "New" });

        var (accessToken, _) = await Visitor.SignInAsync(("emulator_user", Id));
        Assert.True(await script.HasUserAsync(Id));
        Assert.Equal("new@example.com", await EmailAsync(accessToken));
        Assert.True(await script.RemoveUserAsync(Id));

        Assert.False(await script.RemoveUserAsync(Id));
        Assert.False(await script.HasUserAsync(Id));
        using var refused = await Visitor.UserInfoAsync(accessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_changed_user_is_another_in_the_same_place_with_the_same_tokens(string language)
    {
        var script = Script(language);
        var (accessToken, _) = await Visitor.SignInAsync();

        Assert.True(await script.UpdateAsync(new EmulatorUser { UserId = BinanceEmulatorDefaults.UserId, Email = "changed@example.com", Label = "Changed" }));

        Assert.Equal("changed@example.com", await EmailAsync(accessToken));
        var first = (await script.UsersAsync())[0];
        Assert.Equal((BinanceEmulatorDefaults.UserId, "changed@example.com", "Changed"), (first.UserId, first.Email, first.Label));
        Assert.Equal(3, Emulator.Users.Count());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Changing_a_user_that_is_not_there_adds_none(string language)
    {
        var script = Script(language);

        Assert.False(await script.UpdateAsync(new EmulatorUser { UserId = Id, Label = "New" }));

        Assert.Equal(3, (await script.UsersAsync()).Count);
    }

    private async Task<string?> EmailAsync(string accessToken)
    {
        using var response = await Visitor.UserInfoAsync(accessToken);
        return (await Visitor.JsonAsync(response)).GetProperty("data").GetProperty("email").GetString();
    }
}
