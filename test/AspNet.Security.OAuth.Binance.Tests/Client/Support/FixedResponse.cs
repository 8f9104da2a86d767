using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Support;

/// <summary>
/// A client whose every request gets one response, without a network.
/// </summary>
internal sealed class FixedResponse(string body, int status = 200, string contentType = "application/json", string? header = null) : HttpMessageHandler
{
    /// <summary>The time of the client's clock, which does not move.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeProvider Time { get; init; } = new FakeTimeProvider(Now);

    public int Requests { get; private set; }

    /// <summary>Exchanges a code.</summary>
    public Task<BinanceTokens> ExchangeAsync(string code = "the-code-of-the-response", string? secret = null)
        => Client(secret).ExchangeCodeAsync(code, "https://site.example/signin-binance", "the-verifier-of-the-request", TestContext.Current.CancellationToken);

    public Task<BinanceTokens> RefreshAsync(string refreshToken = "the-refresh-token-that-is-sent")
        => Client().RefreshAsync(refreshToken, TestContext.Current.CancellationToken);

    public Task<BinanceUser> GetUserAsync() => Client().GetUserAsync("the-access-token-that-is-sent", TestContext.Current.CancellationToken);

    public Task RevokeAsync() => Client().RevokeAsync("the-access-token-that-is-sent", TestContext.Current.CancellationToken);

    /// <summary>The failure of a call.</summary>
    public static Task<BinanceAuthenticationException> FailureOfAsync(Func<Task> call) => Assert.ThrowsAsync<BinanceAuthenticationException>(call);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (header is not null)
        {
            response.Headers.TryAddWithoutValidation(header, "challenge");
        }

        return Task.FromResult(response);
    }

    private BinanceOAuthClient Client(string? secret = null) => new(new HttpClient(this, disposeHandler: false))
    {
        ClientId = "the-client-id",
        ClientSecret = secret,
        TimeProvider = Time,
    };
}
