using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AspNet.Security.OAuth.Binance.Tokens;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The exchange of one code of one sign-in, and the user whose tokens it returns. It belongs to the sign-in and not to the request that
/// delivered the callback: a browser may deliver the callback twice, and abort the first delivery.
/// </summary>
/// <param name="key">The hash of the code and its sign-in.</param>
/// <param name="scheme">The scheme.</param>
/// <param name="options">Its options.</param>
/// <param name="counting">The lock of the cache, which counts deliveries.</param>
/// <param name="onAbandoned">Called when the outcome expires and no user was signed in with it.</param>
[SuppressMessage("Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "The timer fires once, and is then collected.")]
internal sealed class CodeExchange(
    UInt128 key, string scheme, BinanceAuthenticationOptions options, Lock counting, Action<CodeExchange> onAbandoned)
{
    // The states of the code.
    private const int New = 0;
    private const int Queued = 1;
    private const int Sent = 2;
    private const int GivenUp = 3;

    // Separate from the lock of the cache: a call that starts under this lock may complete synchronously, and then takes that of the cache.
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

    /// <summary>Gets the call that the processes of a web farm share.</summary>
    public FarmCall Call => new(scheme, options, key.ToString("x32", CultureInfo.InvariantCulture), CodeExchangeCache.Lifetime);

    /// <summary>Gets the tokens, if the exchange has ended with them.</summary>
    public TokenOutcome? Outcome => _tokens is { IsCompletedSuccessfully: true } ? _tokens.Result : null;

    /// <summary>Gets a value indicating whether a user was signed in with the tokens.</summary>
    public bool IsCollected => _isCollected;

    /// <summary>Gets a value indicating whether a delivery has signed the user in, or more than one is in progress.</summary>
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

    /// <summary>Gets a value indicating whether this process sent the code, which is spent then, whatever the response is.</summary>
    public bool IsSent => Volatile.Read(ref _state) == Sent;

    /// <summary>Marks the code as waiting for other sign-ins.</summary>
    public void Queue() => Interlocked.CompareExchange(ref _state, Queued, New);

    /// <summary>Marks the code as sent.</summary>
    /// <returns><see langword="false"/> if it was given up before that.</returns>
    public bool TrySend() => Interlocked.CompareExchange(ref _state, Sent, Queued) is Queued || Interlocked.CompareExchange(ref _state, Sent, New) is New;

    /// <summary>Gives the code up, if it is waiting for other sign-ins.</summary>
    /// <returns><see langword="true"/> if it is given up.</returns>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Queued) is Queued or GivenUp;

    /// <summary>Starts the time limit of a call, and returns its token. Consecutive calls share one timer, and each has the whole time.</summary>
    public CancellationToken EndOfCall()
    {
        if (_end is not { IsCancellationRequested: false })
        {
            _end = new CancellationTokenSource(options.LongestCall, options.Clock);
        }

        _end.CancelAfter(options.LongestCall);
        return _end.Token;
    }

    /// <summary>Stores the semaphore in which the request of this exchange occupies a slot.</summary>
    public void TakeSlot(SemaphoreSlim slots) => _slot = slots;

    /// <summary>Releases the slot, once.</summary>
    public void ReleaseSlot() => Interlocked.Exchange(ref _slot, null)?.Release();

    /// <summary>Begins a delivery.</summary>
    public void BeginDelivery()
    {
        lock (counting)
        {
            _deliveries++;
        }
    }

    /// <summary>Ends a delivery.</summary>
    /// <param name="isCollected">Whether it signed the user in.</param>
    /// <returns><see langword="true"/> if it was the first to do so.</returns>
    public bool EndDelivery(bool isCollected)
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

    /// <summary>Ends the time in which deliveries may join.</summary>
    public void Expire()
    {
        // Observes the exceptions: no delivery may have waited for them.
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

    /// <summary>Exchanges the code, once for all deliveries. The call continues when they stop waiting.</summary>
    public Task<TokenOutcome> ExchangeAsync(CodeExchanges exchanges, string code, string redirectUri, string? codeVerifier)
    {
        lock (_starting)
        {
            if (_tokens is null)
            {
                using var flow = ExecutionContext.SuppressFlow();
                _tokens = exchanges.RunAsync(this, code, redirectUri, codeVerifier);
            }

            return _tokens;
        }
    }

    /// <summary>Gets the user of a token, once for all deliveries. A transient failure is not kept.</summary>
    public Task<BinanceUser> GetUserAsync(BinanceOAuthClient client, string accessToken)
    {
        lock (_starting)
        {
            if (_user is null || _userToken != accessToken || IsTransient(_user))
            {
                using var flow = ExecutionContext.SuppressFlow();
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
