using System.Text;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// Fields of a response without a property: applications can read them; they are not stored, serialized or logged.
/// </summary>
public sealed class RawTests
{
    private const string Nickname = "a nickname";
    private const string Extra = "an extra field";

    private static readonly string _tokens = Responses.TokensWith("extra", $"\"{Extra}\"");
    private static readonly string _user = Responses.UserDataWith("nickname", $"\"{Nickname}\"");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_returns_the_fields_of_the_responses()
    {
        var (tokens, user) = await ReadAsync();

        Assert.Equal(Extra, tokens.Raw.GetProperty("extra").GetString());
        Assert.Equal(Responses.AccessToken, tokens.Raw.GetProperty("access_token").GetString());
        Assert.Equal(Nickname, user.Raw.GetProperty("nickname").GetString());
        Assert.False(user.Raw.TryGetProperty("code", out _));
    }

    [Fact]
    public async Task Fields_are_in_no_text_and_in_no_JSON()
    {
        var (tokens, user) = await ReadAsync();
        string[] shown = [$"{tokens}", $"{user}", JsonSerializer.Serialize(tokens), JsonSerializer.Serialize(user)];

        Assert.All(shown, text =>
        {
            Assert.DoesNotContain(Extra, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Nickname, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Raw", text, StringComparison.Ordinal);
        });
        Assert.DoesNotContain(Responses.AccessToken, shown[0], StringComparison.Ordinal);
        Assert.DoesNotContain(Responses.RefreshToken, shown[0], StringComparison.Ordinal);
        Assert.Equal(Responses.UserId, JsonSerializer.Deserialize<BinanceUser>(shown[3])!.UserId);
        Assert.Equal(JsonValueKind.Undefined, JsonSerializer.Deserialize<BinanceTokens>(shown[2])!.Raw.ValueKind);
    }

    [Fact]
    public async Task Events_and_claim_actions_get_the_fields_and_the_ticket_has_only_what_they_add()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, _tokens);
        binance.Respond(BinanceStub.UserPath, _user);
        string? extra = null;
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.ClaimActions.MapJsonKey("nickname", "nickname");
            options.Events.OnCreatingTicket = context =>
            {
                extra = context.TokenResponse.Response!.RootElement.GetProperty("extra").GetString();
                return Task.CompletedTask;
            };
        });
        var browser = site.Browser();

        await browser.SignInAsync();
        var session = await browser.SessionAsync();

        Assert.Equal(Extra, extra);
        Assert.Contains(new SessionClaim("nickname", Nickname, "Binance"), session.Claims);
        Assert.DoesNotContain(session.Items, item => item.Value?.Contains(Extra, StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task Ticket_has_no_field_that_the_site_does_not_use()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, _tokens);
        binance.Respond(BinanceStub.UserPath, _user);
        AuthenticationTicket? ticket = null;
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Events.OnTicketReceived = context =>
        {
            ticket = new AuthenticationTicket(context.Principal!, context.Properties, context.Scheme.Name);
            return Task.CompletedTask;
        });

        await site.Browser().SignInAsync();
        var text = Encoding.UTF8.GetString(TicketSerializer.Default.Serialize(ticket!));

        Assert.Contains(Responses.UserId, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Extra, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Nickname, text, StringComparison.Ordinal);
    }

    private static async Task<(BinanceTokens Tokens, BinanceUser User)> ReadAsync()
    {
        await using var binance = await EmulatedClient.StartAsync();
        binance.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(_tokens));
        binance.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Body(_user));
        return (await binance.Client.RefreshAsync("old", Token), await binance.Client.GetUserAsync("any", Token));
    }
}
