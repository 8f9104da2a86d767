using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Server;

/// <summary>
/// A server on loopback with the responses that Binance documents, until a test sets others. It keeps the requests.
/// </summary>
internal sealed class BinanceStub : IDisposable
{
    public const string TokenPath = "/oauth/token";
    public const string UserPath = "/oauth-api/v1/user-info";
    public const string RevocationPath = "/oauth-api/v1/revoke-token";

    private readonly WireMockServer _server = WireMockServer.Start();
    private readonly Dictionary<string, List<Guid>> _mappings = [];

    public BinanceStub()
    {
        Respond(TokenPath, Responses.Tokens);
        Respond(UserPath, Responses.User);
        Respond(RevocationPath, Responses.Revoked);
    }

    public Uri Address => new(_server.Url!);

    public IReadOnlyList<IRequestMessage> Requests => [.. _server.LogEntries.Select(entry => entry.RequestMessage!)];

    public IReadOnlyList<IRequestMessage> TokenRequests => To(TokenPath);

    public IReadOnlyList<IRequestMessage> UserRequests => To(UserPath);

    public IReadOnlyList<IRequestMessage> Revocations => To(RevocationPath);

    /// <summary>Responds to a path with a body from now on, instead of what was set for it before.</summary>
    public void Respond(string path, string body, int status = 200, string contentType = "application/json")
        => Respond(path, Json(body, status).WithHeader("Content-Type", contentType));

    public void Respond(string path, IResponseBuilder response)
    {
        Forget(path);
        Given(path).RespondWith(response);
    }

    /// <summary>Responds to a path with each status once, and with the body and 200 from then on.</summary>
    public void RespondAfter(string path, string body, params int[] statuses)
        => RespondAfter(path, body, [.. statuses.Select(status => Response.Create().WithStatusCode(status))]);

    /// <summary>Responds to a path with each of these once, and with the body and 200 from then on.</summary>
    public void RespondAfter(string path, string body, params IResponseBuilder[] first)
    {
        Forget(path);
        for (var i = 0; i <= first.Length; i++)
        {
            var step = Given(path).InScenario(path);
            var current = i == 0 ? step : step.WhenStateIs(i);
            if (i < first.Length)
            {
                current.WillSetStateTo(i + 1).RespondWith(first[i]);
            }
            else
            {
                current.RespondWith(Json(body, 200));
            }
        }
    }

    public void Dispose() => _server.Dispose();

    private static IResponseBuilder Json(string body, int status)
        => Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(body);

    private IReadOnlyList<IRequestMessage> To(string path) => [.. Requests.Where(request => request.Path == path)];

    private IRespondWithAProvider Given(string path)
    {
        var id = Guid.NewGuid();
        _mappings[path].Add(id);
        return _server.Given(Request.Create().WithPath(path)).WithGuid(id);
    }

    private void Forget(string path)
    {
        foreach (var id in _mappings.GetValueOrDefault(path, []))
        {
            _server.DeleteMapping(id);
        }

        _mappings[path] = [];
    }
}
