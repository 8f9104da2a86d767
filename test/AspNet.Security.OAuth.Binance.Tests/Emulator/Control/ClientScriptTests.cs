using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

public sealed class ClientScriptTests : ScriptTest
{
    private const string RedirectUri = "https://shop.example/signin";

    private static readonly (string Name, string? Value)[] _request =
        [("client_id", "shop/1 ü"), ("client_secret", "secret"), ("redirect_uri", RedirectUri)];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_added_client_signs_in_until_it_is_removed(string language)
    {
        var script = Script(language);
        Assert.False(await script.HasClientAsync("shop/1 ü"));
        await script.AddAsync(Shop("secret"));

        var (_, refreshToken) = await SignInAsync("secret");
        Assert.True(await script.HasClientAsync("shop/1 ü"));
        Assert.True(await script.RemoveClientAsync("shop/1 ü"));

        Assert.False(await script.RemoveClientAsync("shop/1 ü"));
        Assert.False(await script.HasClientAsync("shop/1 ü"));
        using var refused = await Visitor.RefreshAsync(refreshToken, _request);
        await Visitor.AssertOAuthErrorAsync(refused, "invalid_client", HttpStatusCode.Unauthorized);
        using var unknown = await Visitor.AuthorizeAsync(_request);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_updated_client_keeps_its_position(string language)
    {
        var script = Script(language);
        await script.AddAsync(Shop("secret"));
        await script.AddAsync(new EmulatorClient { ClientId = "last", RedirectUris = [RedirectUri] });

        Assert.True(await script.UpdateAsync(Shop("another")));

        await SignInAsync("another");
        using var refused = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(_request), _request);
        await Visitor.AssertOAuthErrorAsync(refused, "invalid_client", HttpStatusCode.Unauthorized);
        Assert.Equal(
            [BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.PublicClientId, "shop/1 ü", "last"],
            (await script.ClientsAsync()).Select(client => client.ClientId));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Updating_an_unknown_client_adds_none(string language)
    {
        var script = Script(language);

        Assert.False(await script.UpdateAsync(Shop("secret")));

        Assert.Equal(2, (await script.ClientsAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_client_is_listed_as_it_was_added(string language)
    {
        var script = Script(language);
        var added = new EmulatorClient
        {
            ClientId = "page",
            Name = "Page & more",
            RedirectUris = ["http://127.0.0.1/callback", "com.example:/callback?a=b&c=d"],
            AllowAnyLoopbackPort = true,
            AllowedScopes = ["user:openId"],
        };
        await script.AddAsync(added);

        Assert.Equivalent(added, (await script.ClientsAsync())[^1], strict: true);
        Assert.Equivalent(added, Emulator.Clients.Find("page"), strict: true);
        (string, string?)[] page = [("client_id", "page"), ("redirect_uri", "http://127.0.0.1:4711/callback"), ("scope", "user:openId")];
        Assert.NotEmpty(await Visitor.GetCodeAsync(page));
        using var refused = await Visitor.AuthorizeAsync([.. page, ("scope", "user:email")]);
        Assert.Equal("invalid_scope", Visitor.RedirectParameters(refused)["error"]);
    }

    // A server decodes all of a path except %2F.
    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_encoded_slash_in_an_id_differs_from_a_slash(string language)
    {
        var script = Script(language);
        await script.AddAsync(new EmulatorClient { ClientId = "c/d", RedirectUris = [RedirectUri] });
        Assert.False(await script.HasClientAsync("c%2Fd"));
        await script.AddAsync(new EmulatorClient { ClientId = "c%2Fd", RedirectUris = [RedirectUri] });

        Assert.True(await script.HasClientAsync("c%2Fd"));
        Assert.True(await script.RemoveClientAsync("c%2Fd"));

        Assert.True(await script.HasClientAsync("c/d"));
        Assert.False(await script.HasClientAsync("c%2Fd"));
    }

    private static EmulatorClient Shop(string secret) => new() { ClientId = "shop/1 ü", ClientSecret = secret, RedirectUris = [RedirectUri] };

    private async Task<(string AccessToken, string RefreshToken)> SignInAsync(string secret)
    {
        (string, string?)[] request = [.. _request, ("client_secret", secret)];
        using var response = await Visitor.RedeemAsync(await Visitor.GetCodeAsync(_request), request);
        return await Visitor.TokensAsync(response);
    }
}
