namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// One refresh, which may be under way: it belongs to nobody's request, and goes on when those who wait for it stop waiting.
/// </summary>
/// <param name="refreshToken">The refresh token.</param>
/// <param name="sessionId">The session that the refresh is made for, or <see langword="null"/> if it is for whoever holds the refresh token.</param>
/// <param name="session">The same with its cookie, if that is known.</param>
/// <param name="time">The clock.</param>
internal sealed class RefreshCall(string refreshToken, string? sessionId, SessionKey? session, TimeProvider time)
{
    /// <summary>How long a request waits whose access token is still good.</summary>
    public static readonly TimeSpan WaitWhileGood = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<BinanceTokens> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private DateTimeOffset _aloneAt = DateTimeOffset.MaxValue;
    private long _completed;
    private TimeSpan _lifetime;

    public string RefreshToken => refreshToken;

    public string? SessionId => sessionId;

    public SessionKey? Session => session;

    public Task<BinanceTokens> Outcome => _outcome.Task;

    public bool IsCompleted => _outcome.Task.IsCompleted;

    /// <summary>Gets a value indicating whether this process has sent the refresh token: the response, and nothing else, brings the new tokens.</summary>
    public bool IsSent { get; private set; }

    /// <summary>Gets or sets a value indicating whether the session ended, so that the outcome serves nobody.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Gets or sets a value indicating whether the outcome was brought for another session, and serves this one as well.</summary>
    public bool IsOthers { get; set; }

    /// <summary>Gets or sets the earlier call whose outcome this one took over, because it served its session as well.</summary>
    public RefreshCall? ServedBy { get; set; }

    /// <summary>Gets or sets the timer that removes the outcome: referenced here, so that it is not collected before its time.</summary>
    public ITimer? Removal { get; set; }

    /// <summary>
    /// Gets a value indicating whether the outcome serves every session that holds the refresh token: it is spent, or of no use. A server that keeps its refresh
    /// token may have given it to several sessions of a user, each of which has access tokens of its own.
    /// </summary>
    public bool IsForAll
        => sessionId is null || (IsCompleted && (IsRotated || !Outcome.IsCompletedSuccessfully));

    /// <summary>Gets a value indicating whether the call is under way, or its outcome is new enough to be used.</summary>
    public bool IsUsable => !IsCompleted || (!IsForgotten
        && time.GetElapsedTime(_completed) < _lifetime
        && !(Outcome.IsCompletedSuccessfully && Outcome.Result.ExpiresAt <= time.GetUtcNow()));

    /// <summary>Gets a value indicating whether another refresh token took the place of this one.</summary>
    public bool IsRotated => Outcome.IsCompletedSuccessfully && Outcome.Result.RefreshToken != refreshToken;

    /// <summary>Gets a value indicating whether the access token of somebody who waits is so near to its end that the refresh cannot wait for a store.</summary>
    public bool MayGoAlone
    {
        get
        {
            lock (_lock)
            {
                return _aloneAt <= time.GetUtcNow();
            }
        }
    }

    /// <summary>Somebody joins whose access token cannot wait for a store from a moment on, or at all.</summary>
    public void GoAloneAt(DateTimeOffset? moment)
    {
        lock (_lock)
        {
            _aloneAt = moment is { } at && at > DateTimeOffset.MinValue ? (at < _aloneAt ? at : _aloneAt) : DateTimeOffset.MinValue;
        }
    }

    public void Send() => IsSent = true;

    /// <summary>Waits, counted from the start of the call, so that later callers do not each wait anew.</summary>
    /// <exception cref="BinanceAuthenticationException">The refresh failed; or it goes on (<see cref="BinanceFailure.Timeout"/>).</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    public Task<BinanceTokens> WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => WaitAsync(longest, longest, cancellationToken);

    /// <summary>Waits as long from the start of the call, and at most as long as the caller has left.</summary>
    /// <exception cref="BinanceAuthenticationException">The refresh failed; or it goes on (<see cref="BinanceFailure.Timeout"/>).</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    public async Task<BinanceTokens> WaitAsync(TimeSpan longest, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            var ofCall = longest - time.GetElapsedTime(_started);
            var remaining = ofCall < left ? ofCall : left;
            return await Outcome.WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The call may have ended at this very moment.
            return IsCompleted
                ? await Outcome
                : throw new BinanceAuthenticationException(BinanceFailure.Timeout, "Binance's token endpoint: no complete response in time; the refresh goes on.");
        }
    }

    /// <summary>Completes the call.</summary>
    /// <param name="outcome">The completed outcome.</param>
    /// <param name="lifetime">How long it is used.</param>
    public void Complete(Task<BinanceTokens> outcome, TimeSpan lifetime)
    {
        (_completed, _lifetime) = (time.GetTimestamp(), lifetime);
        _outcome.SetFromTask(outcome);

        // A failure that nobody waits for any more is no unobserved exception.
        _ = _outcome.Task.Exception;
    }
}
