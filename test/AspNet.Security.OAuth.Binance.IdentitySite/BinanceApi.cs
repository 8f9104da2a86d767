namespace IdentitySite;

/// <summary>
/// Calls Binance for the user who is signed in.
/// </summary>
public sealed class BinanceApi(HttpClient http)
{
    public async Task<BinanceUserInfo> GetUserAsync(CancellationToken cancellationToken)
    {
        var response = await http.GetFromJsonAsync<UserInfoResponse>("/oauth-api/v1/user-info", cancellationToken);
        return response?.Data ?? throw new HttpRequestException("Binance's response has no data.");
    }

    private sealed record UserInfoResponse(BinanceUserInfo? Data);
}

public sealed record BinanceUserInfo(string UserId, string? Email);
