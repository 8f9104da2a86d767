using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The exchange of one code of one sign-in, with the user whose tokens they are. It belongs to the sign-in and not to the request that
/// delivered the callback: a browser may deliver it twice, and abort the first.
/// </summary>
/// <param name="call">The code and its sign-in.</param>
/// <param name="onAbandoned">Called when the outcome is kept no longer and nobody was signed in with it.</param>
internal sealed class CodeExchange(FarmCall call, Action<CodeExchange> onAbandoned)
{
    private readonly Lock _lock = new();

    // A lock of its own: calls begin under it, and may end at once, and take the lock of the cache, which takes the one above.
    private readonly Lock _starting = new();

    private Task<Kept<TokenOutcome>>? _tokens;
    private Task<Kept<BinanceUser>>? _user;
    private string? _userToken;
    private int _deliveries;
    private bool _isCollected;
    private bool _isExpired;

    public FarmCall Call => call;

    /// <summary>Gets the tokens, if the exchange has ended with them.</summary>
    public TokenOutcome? Outcome => _tokens is { IsCompletedSuccessfully: true, Result: { Failure: null } kept } ? kept.Get() : null;

    /// <summary>Gets or sets a value indicating whether this process sent the code: it is spent then, whatever came back.</summary>
    public bool IsSent { get; set; }

    /// <summary>Gets or sets a value indicating whether the code waits for other sign-ins.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Begins a delivery.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            _deliveries++;
        }
    }

    /// <summary>Ends a delivery.</summary>
    /// <param name="isCollected">Whether it signed the user in.</param>
    /// <returns><see langword="true"/> if it was the first to do so.</returns>
    public bool Leave(bool isCollected)
    {
        bool isFirst, isAbandoned;
        lock (_lock)
        {
            _deliveries--;
            isFirst = isCollected && !_isCollected;
            _isCollected |= isCollected;
            isAbandoned = _isExpired && !_isCollected && _deliveries == 0;
        }

        if (isAbandoned)
        {
            onAbandoned(this);
        }

        return isFirst;
    }

    /// <summary>No other delivery begins.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            _isExpired = true;
            if (_isCollected || _deliveries > 0)
            {
                return;
            }
        }

        onAbandoned(this);
    }

    /// <summary>Exchanges the code, once for all deliveries.</summary>
    public Task<Kept<TokenOutcome>> ExchangeAsync(Func<Task<TokenOutcome>> exchange)
    {
        lock (_starting)
        {
            return _tokens ??= Kept<TokenOutcome>.Start(exchange);
        }
    }

    /// <summary>Gets the user of a token, once for all deliveries. A failure that may be over the next time is not kept.</summary>
    public Task<Kept<BinanceUser>> GetUserAsync(string accessToken, Func<Task<BinanceUser>> getUser)
    {
        lock (_starting)
        {
            return _user is null || _userToken != accessToken || IsTransient(_user) ? Start() : _user;
        }

        Task<Kept<BinanceUser>> Start()
        {
            _userToken = accessToken;
            return _user = Kept<BinanceUser>.Start(getUser);
        }
    }

    private static bool IsTransient(Task<Kept<BinanceUser>> user)
        => user is { IsCompletedSuccessfully: true, Result.Failure: { } failure }
            && failure is not BinanceAuthenticationException { Failure: not (BinanceFailure.Unavailable or BinanceFailure.Timeout) };
}
