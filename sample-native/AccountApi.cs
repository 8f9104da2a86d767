using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SampleNative;

/// <summary>
/// An API that the program calls with the user's access token: who the user is, according to Binance at this moment.
/// </summary>
internal sealed class AccountApi
{
    private readonly HttpClient _client;

    /// <summary>Initializes it.</summary>
    /// <param name="client">A client of the login, for the address of Binance's user-info.</param>
    public AccountApi(HttpClient client)
    {
        client.Timeout = TimeSpan.FromSeconds(10);
        client.MaxResponseContentBufferSize = 64 * 1024;
        _client = client;
    }

    /// <summary>Gets the user's id.</summary>
    /// <exception cref="SampleException">Binance did not return it.</exception>
    public async Task<string> GetUserIdAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetAsync((Uri?)null, cancellationToken);
            if (response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests)
            {
                throw Unavailable();
            }

            // An error has an envelope too. Success is a 2xx status, the code and the flag.
            var envelope = await response.Content.ReadFromJsonAsync(AccountJson.Default.Envelope, cancellationToken);
            return response.IsSuccessStatusCode && envelope is { Code: "000000", Success: true, Data.UserId: { Length: > 0 } userId }
                ? userId
                : throw Refused(response.StatusCode);
        }
        catch (Exception exception) when (IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(exception);
        }
    }

    // No connection, a timeout, or a response that is not JSON, such as the page of a firewall: no statement about the user.
    private static bool IsOutage(Exception exception) => exception is HttpRequestException or OperationCanceledException or JsonException;

    private static SampleException Unavailable(Exception? inner = null)
        => new(Text.Of($"Binance cannot be reached at the moment. You are signed in all the same: start again later."), inner);

    private static SampleException Refused(HttpStatusCode status) => new(status is HttpStatusCode.Unauthorized
        ? Text.Of($"Binance does not accept the access token any more. Perhaps it was revoked: sign out, and start again.")
        : Text.Of($"Binance did not return the user."));
}

internal sealed record Account(string? UserId);

internal sealed record Envelope(string? Code, bool Success, Account? Data);

[JsonSerializable(typeof(Envelope))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class AccountJson : JsonSerializerContext;
