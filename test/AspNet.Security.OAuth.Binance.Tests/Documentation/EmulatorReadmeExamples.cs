// The code stands here as a reader would write it, without the tests' own tokens.
#pragma warning disable xUnit1051
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of the emulator's readme, run. <see cref="ReadmeTests"/> holds that it is the same to the letter.
/// </summary>
public sealed class EmulatorReadmeExamples
{
    [Fact]
    public async Task Three_lines_point_an_application_at_the_emulator()
    {
        var services = new ServiceCollection();
        services.AddLogging();

        await using var binance = await BinanceEmulator.StartAsync();
        // binance.BaseAddress is where it is: open it to see clients, accounts, live tokens and the latest requests.
        // The authorize, token, user-info and revocation endpoints have Binance's paths under it.

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddBinance(options =>
            {
                options.ClientId = BinanceEmulatorDefaults.ClientId;
                options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
                options.UseServer(binance.BaseAddress);
            });

        await using var provider = services.BuildServiceProvider();
        var endpoint = provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance").TokenEndpoint;
        Assert.Equal(new Uri(binance.BaseAddress, "/oauth/token").AbsoluteUri, endpoint);
    }

    [Fact]
    public async Task Tokens_clients_accounts_and_time_are_set_by_hand()
    {
        await using var binance = await BinanceEmulator.StartAsync();

        var tokens = binance.Tokens.Issue(scopes: ["user:openId", "user:email"]);
        Assert.True(binance.Tokens.IsLive(tokens.AccessToken));

        binance.Clients.Add(new EmulatorClient
        {
            ClientId = "shop",
            ClientSecret = "secret",                                   // null: a public client, which must use PKCE
            Name = "Shop",
            RedirectUris = ["https://localhost:5001/signin-binance"],  // compared character by character
            AllowedScopes = ["user:openId"],                           // null: all
        });
        binance.Users.Add(new EmulatorUser { Label = "New account", Email = "new@example.com" });
        Assert.Equal("Shop", binance.Clients.Find("shop")!.Name);
        Assert.Contains(binance.Users, user => user.Label == "New account");

        binance.Clock.Advance(TimeSpan.FromHours(9));  // the access token has expired
        Assert.False(binance.Tokens.IsLive(tokens.AccessToken));
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_redeems_a_code_without_a_secret()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AllowedOrigins.Add("http://localhost:5300"));
        binance.Clients.Add(new EmulatorClient
        {
            ClientId = "page",                                   // without a secret: a public client
            RedirectUris = ["http://localhost:5300/signed-in"],  // where the page reads the code
        });

        using var visitor = new Visitor(binance);
        visitor.Http.DefaultRequestHeaders.Add("Origin", "http://localhost:5300");
        (string Name, string? Value)[] page = [("client_id", "page"), ("redirect_uri", "http://localhost:5300/signed-in")];
        using var response = await visitor.RedeemAsync(await visitor.GetCodeAsync(page), [.. page, ("client_secret", null)]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["http://localhost:5300"], response.Headers.GetValues("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Tokens_outlive_the_emulator_in_a_file()
    {
        EmulatorTokenPair tokens;
        try
        {
            await using (var first = await BinanceEmulator.StartAsync(options => options.TokenFile = "binance-emulator.json"))
            {
                tokens = first.Tokens.Issue();
            }

            await using var binance = await BinanceEmulator.StartAsync(options => options.TokenFile = "binance-emulator.json");
            Assert.True(binance.Tokens.IsLive(tokens.AccessToken));
        }
        finally
        {
            File.Delete("binance-emulator.json");
            File.Delete("binance-emulator.json.lock");
        }
    }

    [Fact]
    public async Task Faults_come_as_often_as_told_and_the_journal_has_every_request()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var binance = await BinanceEmulator.StartAsync();
        using var http = new HttpClient { BaseAddress = binance.BaseAddress };
        var tokens = binance.Tokens.Issue();

        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 2);
        binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "Quote expired"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefreshAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefreshAsync());
        Assert.Contains("117041", await http.GetStringAsync("/oauth-api/v1/user-info", cancellationToken), StringComparison.Ordinal);
        binance.Requests.Clear();

        using var hold = binance.Faults.Hold(EmulatorEndpoint.Token);
        // start calls, then: await hold.WaitForCallsAsync(2, cancellationToken); hold.Release();
        var held = RefreshAsync();
        await hold.WaitForCallsAsync(1, cancellationToken);
        hold.Release();
        Assert.Equal(HttpStatusCode.OK, await held);
        using var revoke = new HttpRequestMessage(HttpMethod.Post, "/oauth-api/v1/revoke-token");
        using var revoked = await http.SendAsync(revoke, cancellationToken);

        await JournalAsync(binance, cancellationToken);

        async Task<HttpStatusCode> RefreshAsync()
        {
            using var form = new FormUrlEncodedContent(
            [
                new("grant_type", "refresh_token"),
                new("refresh_token", tokens.RefreshToken),
                new("client_id", BinanceEmulatorDefaults.ClientId),
                new("client_secret", BinanceEmulatorDefaults.ClientSecret),
            ]);
            using var response = await http.PostAsync("/oauth/token", form, cancellationToken);
            return response.StatusCode;
        }
    }

    private static async Task JournalAsync(BinanceEmulator binance, CancellationToken cancellationToken)
    {
        Assert.Equal(1, binance.Requests.Count(request => request.GrantType == "refresh_token"));
        var request = await binance.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Revoke, cancellationToken);
        Assert.Equal(401, request.Status);
    }
}
