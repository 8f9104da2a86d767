using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class StateTests : EmulatorTest
{
    [Fact]
    public void Tokens_can_be_issued_without_a_sign_in()
    {
        var preset = Emulator.Tokens.Issue();
        var chosen = Emulator.Tokens.Issue(BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.SecondUserId, ["create:apikey"]);

        var tokens = Emulator.Tokens.AccessTokens;
        Assert.Equal([preset.AccessToken, chosen.AccessToken], tokens.Select(token => token.Value));
        Assert.Equal((BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.UserId, "user:openId"), (tokens[0].ClientId, tokens[0].UserId, tokens[0].Scopes.Single()));
        Assert.Equal((BinanceEmulatorDefaults.PublicClientId, BinanceEmulatorDefaults.SecondUserId, "create:apikey"), (tokens[1].ClientId, tokens[1].UserId, tokens[1].Scopes.Single()));
        Assert.Equal(preset.ExpiresAt, tokens[0].ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(30714), tokens[0].ExpiresAt - tokens[0].IssuedAt);
        var refreshToken = Emulator.Tokens.RefreshTokens[0];
        Assert.Equal((preset.RefreshToken, preset.GrantId, null), (refreshToken.Value, refreshToken.GrantId, refreshToken.ExpiresAt));
        Assert.Throws<ArgumentException>(() => Emulator.Tokens.Issue(clientId: "unknown"));
        Assert.Throws<ArgumentException>(() => Emulator.Tokens.Issue(userId: "unknown"));
    }

    [Fact]
    public void All_access_tokens_can_be_expired()
    {
        var issued = Emulator.Tokens.Issue();

        Assert.Equal(1, Emulator.Tokens.ExpireAccessTokens());

        Assert.False(Emulator.Tokens.IsLive(issued.AccessToken));
        Assert.True(Emulator.Tokens.IsRefreshTokenLive(issued.RefreshToken));
    }

    [Fact]
    public void Tokens_can_be_revoked_one_by_one_and_all_at_once()
    {
        var byAccess = Emulator.Tokens.Issue();
        var byRefresh = Emulator.Tokens.Issue();
        var third = Emulator.Tokens.Issue();
        var fourth = Emulator.Tokens.Issue();

        Assert.True(Emulator.Tokens.Revoke(byAccess.AccessToken));
        Assert.True(Emulator.Tokens.Revoke(byRefresh.RefreshToken));
        Assert.False(Emulator.Tokens.Revoke(byRefresh.RefreshToken));
        Assert.Equal([third.AccessToken, fourth.AccessToken], Emulator.Tokens.AccessTokens.Select(token => token.Value));

        Assert.Equal(2, Emulator.Tokens.RevokeAll());
        Assert.Empty(Emulator.Tokens.AccessTokens);
        Assert.Empty(Emulator.Tokens.RefreshTokens);
    }

    [Fact]
    public async Task The_oldest_tokens_and_codes_are_removed_first()
    {
        Emulator.Options.MaxTokens = 3;
        Emulator.Options.MaxCodes = 2;

        var issued = Enumerable.Range(0, 5).Select(_ => Emulator.Tokens.Issue()).ToList();
        var codes = new[] { await Visitor.GetCodeAsync(), await Visitor.GetCodeAsync(), await Visitor.GetCodeAsync() };

        Assert.Equal(issued.Skip(2).Select(tokens => tokens.AccessToken), Emulator.Tokens.AccessTokens.Select(token => token.Value));
        Assert.Equal(issued.Skip(2).Select(tokens => tokens.RefreshToken), Emulator.Tokens.RefreshTokens.Select(token => token.Value));
        using var oldest = await Visitor.RedeemAsync(codes[0]);
        using var newest = await Visitor.RedeemAsync(codes[2]);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (oldest.StatusCode, newest.StatusCode));
    }

    [Fact]
    public void Invalid_tokens_are_removed_before_live_ones()
    {
        Emulator.Options.MaxTokens = 2;
        var oldest = Emulator.Tokens.Issue();
        var dead = Emulator.Tokens.Issue();
        Emulator.Tokens.Revoke(dead.AccessToken);

        var newest = Emulator.Tokens.Issue();

        Assert.Equal([oldest.AccessToken, newest.AccessToken], Emulator.Tokens.AccessTokens.Select(token => token.Value));
    }

    [Fact]
    public async Task The_oldest_consent_pages_are_removed_first()
    {
        Emulator.Options.MaxCodes = 1;
        var oldest = await Visitor.OpenConsentAsync();
        var newest = await Visitor.OpenConsentAsync();

        using var refused = await Visitor.DecideAsync(oldest, "authorize");
        using var accepted = await Visitor.DecideAsync(newest, "authorize");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.SeeOther), (refused.StatusCode, accepted.StatusCode));
    }

    [Fact]
    public async Task Clients_can_change_while_it_runs()
    {
        Emulator.Clients.Clear();
        using var unknown = await Visitor.AuthorizeAsync();
        Emulator.Clients.Add(new EmulatorClient { ClientId = BinanceEmulatorDefaults.ClientId, ClientSecret = "secret", RedirectUris = [Visitor.RedirectUri] });
        using var known = await Visitor.AuthorizeAsync();

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (unknown.StatusCode, known.StatusCode));
        Assert.NotNull(Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId));
        Assert.True(Emulator.Clients.Remove(BinanceEmulatorDefaults.ClientId));
        Assert.False(Emulator.Clients.Remove(BinanceEmulatorDefaults.ClientId));
        Assert.Null(Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId));
    }

    [Fact]
    public void Invalid_clients_and_users_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Emulator.Clients.Add(new EmulatorClient { ClientId = BinanceEmulatorDefaults.ClientId, RedirectUris = [Visitor.RedirectUri] }));
        Assert.Throws<ArgumentException>(() => Emulator.Clients.Add(new EmulatorClient { ClientId = " ", RedirectUris = [Visitor.RedirectUri] }));
        Assert.Throws<ArgumentException>(() => Emulator.Clients.Add(new EmulatorClient { ClientId = "x", RedirectUris = [] }));
        Assert.Throws<ArgumentException>(() => Emulator.Clients.Add(new EmulatorClient { ClientId = "x", ClientSecret = "", RedirectUris = [Visitor.RedirectUri] }));
        Assert.Throws<ArgumentException>(() => Emulator.Users.Add(new EmulatorUser { UserId = BinanceEmulatorDefaults.UserId, Label = "Twice" }));
        Assert.Throws<ArgumentException>(() => Emulator.Users.Add(new EmulatorUser { UserId = "short", Label = "Short" }));
        Assert.Throws<ArgumentException>(() => Emulator.Users.Add(new EmulatorUser { Email = "", Label = "Empty" }));
        Assert.Throws<ArgumentException>(() => Emulator.Users.Add(new EmulatorUser { Label = " " }));
    }

    [Fact]
    public void An_update_is_checked_as_an_addition_is()
    {
        Assert.Throws<ArgumentException>(() => Emulator.Clients.Update(new EmulatorClient { ClientId = BinanceEmulatorDefaults.ClientId, RedirectUris = [] }));
        Assert.Throws<ArgumentException>(() => Emulator.Users.Update(new EmulatorUser { UserId = BinanceEmulatorDefaults.UserId, Label = "" }));
        Assert.NotEmpty(Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId)!.RedirectUris);
        Assert.NotEqual("", Emulator.Users.Find(BinanceEmulatorDefaults.UserId)!.Label);
    }

    [Fact]
    public void A_public_url_is_an_origin()
    {
        foreach (var wrong in (string[])["https://a.example/path", "https://a.example/?x=1", "ftp://a.example", "https://user@a.example"])
        {
            Assert.Throws<ArgumentException>(() => Emulator.Options.PublicUrl = new Uri(wrong));
        }

        Assert.Throws<ArgumentException>(() => Emulator.Options.PublicUrl = new Uri("a.example", UriKind.Relative));
        Emulator.Options.PublicUrl = new Uri("https://a.example:8443");
        Assert.Equal(8443, Emulator.Options.PublicUrl.Port);
    }

    [Fact]
    public void Users_can_change_while_it_runs()
    {
        var user = new EmulatorUser { Label = "New" };
        Emulator.Users.Add(user);

        Assert.Matches("^[0-9a-f]{32}$", user.UserId);
        Assert.Same(user, Emulator.Users.Find(user.UserId));
        Assert.Same(user, Emulator.Users.Last());
        Assert.True(Emulator.Users.Remove(user.UserId));
        Assert.Null(Emulator.Users.Find(user.UserId));
    }

    [Fact]
    public void Collections_can_change_while_they_are_read()
    {
        Parallel.For(0, 200, i =>
        {
            var client = new EmulatorClient { ClientId = $"client-{i}", RedirectUris = [Visitor.RedirectUri] };
            var user = new EmulatorUser { Label = "Any" };
            Emulator.Clients.Add(client);
            Emulator.Users.Add(user);
            Assert.Contains(client, Emulator.Clients);
            Assert.Contains(user, Emulator.Users);
            Assert.True(Emulator.Clients.Remove(client.ClientId));
            Assert.True(Emulator.Users.Remove(user.UserId));
        });

        Assert.Equal((2, 3), (Emulator.Clients.Count(), Emulator.Users.Count()));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var options = Emulator.Options;
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Port = 65536);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.AccessTokenLifetime = TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.CodeLifetime = TimeSpan.MaxValue);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.JournalCapacity = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxCodes = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxTokens = 0);
    }
}
