// The code stands here as a reader would write it.
#pragma warning disable xUnit1051
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The server of a mobile app in docs/native.md, and the app's calls.
/// </summary>
public sealed class NativeServerExample : IAsyncLifetime
{
    private const string AppLink = "https://app.example.com/signed-in";

    private readonly string _verifier = RandomNumberGenerator.GetHexString(64);
    private BinanceEmulator _binance = null!;
    private WebApplication _app = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Challenge => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier)));

    public async ValueTask InitializeAsync()
    {
        _binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, Token);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        builder.Services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme)
            .AddCookie("app-sign-in", options => options.ExpireTimeSpan = TimeSpan.FromMinutes(5))
            .AddBearerToken()
            .AddBinance(options =>
            {
                options.SignInScheme = "app-sign-in";
                options.FailurePath = "/app/failed";
            });
        builder.Services.AddAuthorization();
        builder.Services.AddDistributedMemoryCache();

        builder.Services.UseEmulator(_binance);
        var app = _app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseAuthentication();
        app.UseAuthorization();

        // The app opens this address in the platform's browser session. Always a new sign-in: another app must not get in by an old cookie.
        app.MapGet("/app/login", (string challenge) => challenge.Length is 64
            ? Results.Challenge(new() { RedirectUri = "/app/done", Items = { ["challenge"] = challenge } }, [BinanceAuthenticationDefaults.AuthenticationScheme])
            : Results.BadRequest());

        app.MapGet("/app/done", async (HttpContext context, IDistributedCache codes) =>
        {
            if (await context.AuthenticateAsync("app-sign-in") is not { Succeeded: true, Properties: { } properties } login
                || !properties.Items.TryGetValue("challenge", out var challenge))
            {
                return Results.BadRequest();
            }

            var code = RandomNumberGenerator.GetHexString(64);
            await codes.SetStringAsync(code, $"{challenge} {login.Principal.FindFirstValue(ClaimTypes.NameIdentifier)}", new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) });
            await context.SignOutAsync("app-sign-in");
            return Results.Redirect($"{AppLink}?code={code}");
        });

        app.MapGet("/app/failed", (string failure) => Results.Redirect($"{AppLink}?failure={Uri.EscapeDataString(failure)}"));

        app.MapPost("/app/token", async (AppCode request, IDistributedCache codes) =>
        {
            var entry = await codes.GetStringAsync(request.Code);
            await codes.RemoveAsync(request.Code);
            return entry?.Split(' ') is [var challenge, var userId]
                && challenge.Equals(Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(request.Verifier))), StringComparison.OrdinalIgnoreCase)
                ? Results.SignIn(
                    new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, userId)], BearerTokenDefaults.AuthenticationScheme)),
                    authenticationScheme: BearerTokenDefaults.AuthenticationScheme)
                : Results.BadRequest();
        });

        // The app sends its token with each call. The cookie of the sign-in does not count here.
        app.MapGet("/me", (ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();

        await app.StartAsync(Token);
        _browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        await _binance.DisposeAsync();
    }

    [Fact]
    public async Task App_gets_a_token_of_its_server_and_no_token_of_binance_stays_valid()
    {
        var link = await SignInAsync(string.Empty);
        var token = await ExchangeAsync(link, _verifier);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await _browser.SendAsync(request, Token);

        Assert.Equal(BinanceEmulatorDefaults.UserId, await response.Content.ReadAsStringAsync(Token));
        Assert.Empty(_binance.Tokens.AccessTokens);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _browser.GetAsync("/me", Token)).StatusCode);
    }

    [Fact]
    public async Task Code_is_for_the_app_with_the_verifier_and_is_good_once()
    {
        var stolen = await SignInAsync(string.Empty);
        Assert.Null(await ExchangeAsync(stolen, "of-another-app"));
        Assert.Null(await ExchangeAsync(stolen, _verifier));

        var link = await SignInAsync(string.Empty);
        Assert.NotNull(await ExchangeAsync(link, _verifier));
        Assert.Null(await ExchangeAsync(link, _verifier));
    }

    [Fact]
    public async Task Every_sign_in_is_one_of_its_own()
    {
        await SignInAsync(string.Empty);
        Assert.Equal(HttpStatusCode.BadRequest, (await _browser.GetAsync("/app/done", Token)).StatusCode);

        await SignInAsync(string.Empty);
        Assert.Equal(2, _binance.Requests.Count(EmulatorEndpoint.Authorize));
    }

    [Fact]
    public async Task A_cancelled_sign_in_returns_to_the_app()
        => Assert.Equal($"{AppLink}?failure=access_denied", await SignInAsync("&emulator_decision=deny"));

    // The emulator's parameter is put on its own URL, as the emulator's page would.
    private async Task<string> SignInAsync(string decision)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = _browser.BaseAddress };
        var url = new Uri(client.BaseAddress!, $"/app/login?challenge={Challenge}");
        for (var hops = 0; hops < 6 && !url.AbsoluteUri.StartsWith(AppLink, StringComparison.Ordinal); hops++)
        {
            using var response = await client.GetAsync(url.AbsolutePath.EndsWith("/authorize", StringComparison.Ordinal) ? new Uri(url.AbsoluteUri + decision) : url, Token);
            url = new Uri(url, response.Headers.Location!);
        }

        return url.AbsoluteUri;
    }

    private async Task<string?> ExchangeAsync(string link, string verifier)
    {
        using var response = await _browser.PostAsJsonAsync("/app/token", new AppCode(link.Split("code=")[1], verifier), Token);
        return response.StatusCode is HttpStatusCode.OK
            ? (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("accessToken").GetString()
            : null;
    }

    internal sealed record AppCode(string Code, string Verifier);
}
