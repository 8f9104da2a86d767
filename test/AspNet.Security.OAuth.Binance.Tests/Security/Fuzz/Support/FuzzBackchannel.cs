using System.Net;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// A response of Binance, as bytes.
/// </summary>
internal sealed record BackchannelResponse(int Status, string? ContentType, byte[] Body, bool SaysLength = true)
{
    public static BackchannelResponse Json(string body, int status = 200) => new(status, "application/json", Encoding.UTF8.GetBytes(body));

    public HttpResponseMessage ToResponse()
    {
        // StreamContent has no length, like a chunked response.
        HttpContent content = SaysLength ? new ByteArrayContent(Body) : new StreamContent(new OneWayStream(Body));
        if (ContentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }

        return new HttpResponseMessage((HttpStatusCode)Status) { Content = content };
    }

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

/// <summary>
/// Binance without a network: it returns the response of the case for each path, and counts the calls.
/// </summary>
internal sealed class FuzzBackchannel : HttpMessageHandler
{
    private readonly Dictionary<string, int> _calls = [];

    public BackchannelResponse Token { get; set; } = BackchannelResponse.Json(Responses.Tokens);

    public BackchannelResponse User { get; set; } = BackchannelResponse.Json(Responses.User);

    public BackchannelResponse Revocation { get; set; } = BackchannelResponse.Json(Responses.Revoked);

    /// <summary>Whether every request fails with a connection error.</summary>
    public bool IsDown { get; set; }

    public int Calls(string path) => _calls.GetValueOrDefault(path);

    public void Forget() => _calls.Clear();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        _calls[path] = Calls(path) + 1;
        if (IsDown)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        }

        var response = path switch
        {
            BinanceStub.TokenPath => Token,
            BinanceStub.UserPath => User,
            BinanceStub.RevocationPath => Revocation,
            _ => throw new InvalidOperationException($"There is no endpoint {path}."),
        };
        return Task.FromResult(response.ToResponse());
    }
}
