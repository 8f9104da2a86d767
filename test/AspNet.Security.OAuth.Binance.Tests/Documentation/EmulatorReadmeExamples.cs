// The code stands here as a reader would write it, without the tests' own tokens.
#pragma warning disable xUnit1051
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
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
        var builder = WebApplication.CreateSlimBuilder();

        await using var binance = await BinanceEmulator.StartAsync();
        // binance.BaseAddress is where it is: open it to see clients, accounts, live tokens and the latest requests.
        // The authorize, token, user-info and revocation endpoints have Binance's paths under it.

        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddBinance(options =>
            {
                options.ClientId = BinanceEmulatorDefaults.ClientId;
                options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
                options.UseServer(binance.BaseAddress);
            });

        await using var provider = builder.Services.BuildServiceProvider();
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
        binance.Clients.Update(new EmulatorClient { ClientId = "shop", RedirectUris = ["https://localhost:5001/signin-binance"] });  // now a public client
        Assert.Null(binance.Clients.Find("shop")!.ClientSecret);
        Assert.Contains(binance.Users, user => user.Label == "New account");

        binance.Clock.Advance(TimeSpan.FromHours(9));  // the access token has expired
        Assert.False(binance.Tokens.IsLive(tokens.AccessToken));
        binance.Clock.Set(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(2100, binance.Clock.GetUtcNow().Year);

        binance.Reset();
        Assert.Null(binance.Clients.Find("shop"));
    }

    [Fact]
    public async Task A_configuration_file_is_read_at_the_start()
    {
        var readme = Repository.Read("src/AspNet.Security.OAuth.Binance.Emulator/README.md");
        var start = readme.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        await File.WriteAllTextAsync("emulator.json", readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]);
        try
        {
            await using var binance = await BinanceEmulator.StartAsync(options => options.ReadConfiguration("emulator.json"));

            Assert.Equal(("shop", "Alice"), (binance.Clients.Single().ClientId, binance.Users.Single().Label));
            Assert.Equal((true, RefreshTokenBehavior.Rotate, 2), (binance.Options.AutoApprove, binance.Options.RefreshTokenBehavior, binance.Faults.PendingCount));
        }
        finally
        {
            File.Delete("emulator.json");
        }
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
        (string Name, string? Value)[] page = [("client_id", "page"), ("redirect_uri", "http://localhost:5300/signed-in")];
        var code = await visitor.GetCodeAsync(page);
        visitor.Http.DefaultRequestHeaders.Add("Origin", "http://localhost:5300");
        using var response = await visitor.RedeemAsync(code, [.. page, ("client_secret", null)]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["http://localhost:5300"], response.Headers.GetValues("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Other_machines_need_an_allowed_name_and_the_status_page_needs_the_key()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AllowedHosts.Add("emulator"));
        var status = $"http://emulator:{binance.BaseAddress.Port}/?key={binance.Options.ControlKey}";  // for a browser on another machine

        using var visitor = new Visitor(binance);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(status).PathAndQuery) { Headers = { Host = new Uri(status).Authority } };
        using var response = await visitor.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
    }

    [Fact]
    public async Task Optional_behaviour_of_Binance_is_set_by_name()
    {
        await using var binance = await BinanceEmulator.StartAsync();
        var tokens = binance.Tokens.Issue();

        binance.Options.DenialBehavior = DenialBehavior.StayOnPage;             // Cancel shows a page and redirects nowhere
        binance.Options.RevocationBehavior = RevocationBehavior.RevokeAccessToken;
        binance.Tokens.CreateApiKey(tokens.AccessToken);                        // its grant ends, as create:apikey does

        Assert.False(binance.Tokens.IsLive(tokens.AccessToken));
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
    public async Task Faults_occur_as_often_as_set_and_the_journal_has_every_request()
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

        using var hold = binance.Faults.Hold(EmulatorEndpoint.Token);  // binance.Faults.Pending and Holds list them
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

    [Fact]
    public void Browsers_and_containers_reach_the_emulator_under_two_names()
    {
        var options = new BinanceAuthenticationOptions { ClientId = "shop", ClientSecret = "secret" };

        options.UseServer(new Uri("http://localhost:5210"), new Uri("http://emulator:5210"));
        options.RequireHttpsEndpoints = false;  // the containers' network has no https

        options.Validate("Binance");
        Assert.StartsWith("http://localhost:5210/", options.AuthorizationEndpoint, StringComparison.Ordinal);
        Assert.StartsWith("http://emulator:5210/", options.TokenEndpoint, StringComparison.Ordinal);
    }

    private static async Task JournalAsync(BinanceEmulator binance, CancellationToken cancellationToken)
    {
        Assert.Equal(1, binance.Requests.Count(request => request.GrantType == "refresh_token"));
        var request = await binance.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Revoke, cancellationToken);
        Assert.Equal(401, request.Status);
        var reading = ReadAsync(binance, cancellationToken);
        using var http = new HttpClient { BaseAddress = binance.BaseAddress };
        using var again = await http.PostAsync("/oauth/token", new FormUrlEncodedContent([new("grant_type", "refresh_token")]), cancellationToken);

        var second = await binance.Requests.WaitForAsync(request => request.GrantType == "refresh_token", count: 2, cancellationToken);
        Assert.NotEqual(200, second.Status);
        await binance.DisposeAsync();
        await reading;
    }

    private static async Task ReadAsync(BinanceEmulator binance, CancellationToken cancellationToken)
    {
        await foreach (var each in binance.Requests.ReadAllAsync(cancellationToken))  // every request from now on, until the emulator stops
        {
            Console.WriteLine($"{each.Time:T} {each.Method} {each.Path} {each.Status} {each.Fault}");
        }
    }
}
