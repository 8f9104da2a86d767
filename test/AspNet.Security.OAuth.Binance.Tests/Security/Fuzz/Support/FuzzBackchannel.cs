using System.Net;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// An answer of Binance, as bytes.
/// </summary>
internal sealed record BackchannelAnswer(int Status, string? ContentType, byte[] Body, bool SaysLength = true)
{
    public static BackchannelAnswer Json(string body, int status = 200) => new(status, "application/json", Encoding.UTF8.GetBytes(body));

    public HttpResponseMessage ToResponse()
    {
        // The other content has no length of its own, as a chunked answer has none.
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
/// Binance, without a network: it answers each path as the case wants it, and counts the calls.
/// </summary>
internal sealed class FuzzBackchannel : HttpMessageHandler
{
    private readonly Dictionary<string, int> _calls = [];

    public BackchannelAnswer Token { get; set; } = BackchannelAnswer.Json(Answers.Tokens);

    public BackchannelAnswer User { get; set; } = BackchannelAnswer.Json(Answers.User);

    public BackchannelAnswer Revocation { get; set; } = BackchannelAnswer.Json(Answers.Revoked);

    /// <summary>Whether there is no server at all.</summary>
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

        var answer = path switch
        {
            BinanceStub.TokenPath => Token,
            BinanceStub.UserPath => User,
            BinanceStub.RevocationPath => Revocation,
            _ => throw new InvalidOperationException($"Nobody asks for {path}."),
        };
        return Task.FromResult(answer.ToResponse());
    }
}
