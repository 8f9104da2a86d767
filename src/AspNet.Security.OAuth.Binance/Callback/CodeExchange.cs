using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The exchange of one code of one sign-in, with the user whose tokens they are. It belongs to the sign-in and not to the request that
/// delivered the callback: a browser may deliver it twice, and abort the first.
/// </summary>
/// <param name="key">The hash of the code and its sign-in.</param>
/// <param name="scheme">The scheme.</param>
/// <param name="options">Its options.</param>
/// <param name="counting">The lock of the cache, which counts deliveries.</param>
/// <param name="onAbandoned">Called when the outcome is kept no longer and nobody was signed in with it.</param>
[SuppressMessage("Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "The timer ends by itself.")]
internal sealed class CodeExchange(
    UInt128 key, string scheme, BinanceAuthenticationOptions options, Lock counting, Action<CodeExchange> onAbandoned)
{
    // What becomes of the code.
    private const int New = 0;
    private const int Queued = 1;
    private const int Sent = 2;
    private const int GivenUp = 3;

    // Not the lock of the cache: calls begin under it, may end at once, and then take that of the cache.
    private readonly Lock _starting = new();

    private int _state;
    private CancellationTokenSource? _end;
    private SemaphoreSlim? _slot;
    private Task<TokenOutcome>? _tokens;
    private Task<BinanceUser>? _user;
    private string? _userToken;
    private int _deliveries;
    private bool _isCollected;
    private bool _isExpired;

    public UInt128 Key => key;

    public string Scheme => scheme;

    public BinanceAuthenticationOptions Options => options;

    /// <summary>Gets the exchange as a web farm knows it.</summary>
    public FarmCall Call => new(scheme, options, key.ToString("x32", CultureInfo.InvariantCulture), CodeExchangeCache.Lifetime);

    /// <summary>Gets the tokens, if the exchange has ended with them.</summary>
    public TokenOutcome? Outcome => _tokens is { IsCompletedSuccessfully: true } ? _tokens.Result : null;

    /// <summary>Gets a value indicating whether somebody was signed in with the tokens.</summary>
    public bool IsCollected => _isCollected;

    /// <summary>Gets a value indicating whether a delivery has signed the user in, or more than one is under way.</summary>
    public bool IsShared
    {
        get
        {
            lock (counting)
            {
                return _isCollected || _deliveries > 1;
            }
        }
    }

    /// <summary>Gets a value indicating whether this process sent the code: it is spent then, whatever came back.</summary>
    public bool IsSent => Volatile.Read(ref _state) == Sent;

    /// <summary>The code waits for other sign-ins.</summary>
    public void Queue() => Interlocked.CompareExchange(ref _state, Queued, New);

    /// <summary>The code is about to be sent.</summary>
    /// <returns><see langword="false"/> if it was given up before.</returns>
    public bool TrySend() => Interlocked.CompareExchange(ref _state, Sent, Queued) is Queued || Interlocked.CompareExchange(ref _state, Sent, New) is New;

    /// <summary>The code is not sent any more, if it waits for other sign-ins.</summary>
    /// <returns><see langword="true"/> if it is given up.</returns>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Queued) is Queued or GivenUp;

    /// <summary>Returns the end of a call that begins. Of two calls, one after the other, each has the whole time, by one timer.</summary>
    public CancellationToken EndOfCall()
    {
        if (_end is not { IsCancellationRequested: false })
        {
            _end = new CancellationTokenSource(options.LongestCall, options.Clock);
        }

        _end.CancelAfter(options.LongestCall);
        return _end.Token;
    }

    /// <summary>Remembers that the request of this exchange takes a place among those at a time.</summary>
    public void TakeSlot(SemaphoreSlim slots) => _slot = slots;

    /// <summary>Gives the place back, once.</summary>
    public void ReleaseSlot() => Interlocked.Exchange(ref _slot, null)?.Release();

    /// <summary>Begins a delivery.</summary>
    public void Enter()
    {
        lock (counting)
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
        lock (counting)
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
        // A failure that nobody waited for is no unobserved exception.
        _ = (_tokens?.Exception, _user?.Exception);
        lock (counting)
        {
            _isExpired = true;
            if (_isCollected || _deliveries > 0)
            {
                return;
            }
        }

        onAbandoned(this);
    }

    /// <summary>Exchanges the code, once for all deliveries. The call goes on when they stop waiting.</summary>
    public Task<TokenOutcome> ExchangeAsync(CodeExchanges exchanges, string code, string redirectUri, string? codeVerifier)
    {
        lock (_starting)
        {
            if (_tokens is null)
            {
                using var flow = new DetachedFlow();
                _tokens = exchanges.RunAsync(this, code, redirectUri, codeVerifier);
            }

            return _tokens;
        }
    }

    /// <summary>Gets the user of a token, once for all deliveries. A failure that may be over the next time is not kept.</summary>
    public Task<BinanceUser> GetUserAsync(BinanceOAuthClient client, string accessToken)
    {
        lock (_starting)
        {
            if (_user is null || _userToken != accessToken || IsTransient(_user))
            {
                using var flow = new DetachedFlow();
                (_userToken, _user) = (accessToken, client.GetUserAsync(accessToken, EndOfCall()));
            }

            return _user;
        }
    }

    private static bool IsTransient(Task<BinanceUser> user)
        => user.IsCanceled
            || (user.IsFaulted
                && user.Exception.InnerException is not BinanceAuthenticationException { Failure: not (BinanceFailure.Unavailable or BinanceFailure.Timeout) });
}
