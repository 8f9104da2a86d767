using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Session;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// The code exchanges of the last minutes, so that a callback that is delivered again does not send its code again: a server treats that
/// as theft, and revokes the tokens that it issued (RFC 6749 section 4.1.2).
/// </summary>
internal sealed class CodeExchanges(SessionStore sessions, LoginSettings settings, BackgroundCalls background, ILogger logger)
{
    /// <summary>How long a sign-in may take, and its outcome is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, CodeExchange> _exchanges = new(StringComparer.Ordinal);

    /// <summary>Returns the exchange of a sign-in, and starts it if there is none.</summary>
    public CodeExchange Of(BinanceAuthorizationRequest request, string code)
    {
        var id = SignInId.Of(request.State);
        lock (_lock)
        {
            if (Find(id) is not { } exchange)
            {
                _exchanges.Add(id, exchange = new(request, code, sessions, settings, background, logger));
            }

            return exchange;
        }
    }

    /// <summary>Returns the exchange of a sign-in, in progress or completed.</summary>
    /// <param name="id">The <see cref="SignInId"/> of the sign-in.</param>
    public CodeExchange? Find(string id)
    {
        lock (_lock)
        {
            var oldest = settings.Time.GetUtcNow() - Lifetime;
            foreach (var (known, exchange) in _exchanges)
            {
                if (exchange.Started < oldest)
                {
                    _exchanges.Remove(known);
                }
            }

            return _exchanges.GetValueOrDefault(id);
        }
    }
}
