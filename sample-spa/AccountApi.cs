using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace SampleSpa;

/// <summary>
/// The API of this site: it calls Binance with the user's access token, which the browser never has. A call without a session gets 401,
/// and one that Binance does not serve gets 502 or 503.
/// </summary>
internal static class AccountApi
{
    private const string Client = "Binance";

    /// <summary>
    /// Adds the HTTP client that sends the user's access token to Binance's user-info, refreshed when it is due.
    /// </summary>
    public static void AddAccountApi(this IServiceCollection services) => services
        .AddHttpClient(Client, (provider, client) =>
        {
            var binance = provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>();
            client.BaseAddress = new Uri(binance.Get(BinanceAuthenticationDefaults.AuthenticationScheme).UserInformationEndpoint);
            client.Timeout = TimeSpan.FromSeconds(10);
            client.MaxResponseContentBufferSize = 64 * 1024;
        })
        .AddBinanceAccessToken();

    /// <summary>
    /// Maps <c>GET /api/account</c>: who the user is, according to Binance at this moment.
    /// </summary>
    public static void MapAccountApi(this IEndpointRouteBuilder endpoints)
        => endpoints.MapGet("/api/account", GetAsync).RequireAuthorization().DisableCookieRedirect();

    private static async Task<Results<Ok<Account>, ProblemHttpResult>> GetAsync(IHttpClientFactory clients, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.GetAsync((Uri?)null, cancellationToken);
            if (IsOutage(response.StatusCode))
            {
                return Unavailable();
            }

            // An error has an envelope too. Success is a 2xx status, the code and the flag.
            var envelope = await response.Content.ReadFromJsonAsync<Envelope>(cancellationToken);
            return response.IsSuccessStatusCode && envelope is { Code: "000000", Success: true, Data: { UserId.Length: > 0 } account }
                ? TypedResults.Ok(account)
                : Refused();
        }
        catch (Exception exception) when (IsFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            return Unavailable();
        }
    }

    private static bool IsOutage(HttpStatusCode status) => status >= HttpStatusCode.InternalServerError || status is HttpStatusCode.TooManyRequests;

    // No connection, a timeout, a response that is no JSON, such as the page of a firewall, which says nothing about the user, or a token that
    // cannot be refreshed at the moment.
    private static bool IsFailure(Exception exception)
        => exception is HttpRequestException or OperationCanceledException or JsonException or BinanceAuthenticationException;

    private static ProblemHttpResult Unavailable()
        => TypedResults.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Binance cannot be reached at the moment.");

    private static ProblemHttpResult Refused()
        => TypedResults.Problem(statusCode: StatusCodes.Status502BadGateway, title: "Binance did not say who the user is.");

    private sealed record Account(string? UserId, string? Email);

    private sealed record Envelope(string? Code, bool Success, Account? Data);
}
