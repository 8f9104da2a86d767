namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// One refresh, in progress or completed. It does not belong to a request, and continues when its callers stop waiting.
/// </summary>
/// <param name="refreshToken">The refresh token.</param>
/// <param name="sessionId">The session that the refresh is made for, or <see langword="null"/> if it is for every holder of the refresh token.</param>
/// <param name="session">The same with the scheme of its cookie, if that is known.</param>
/// <param name="time">The clock.</param>
internal sealed class RefreshCall(string refreshToken, string? sessionId, SessionKey? session, TimeProvider time)
{
    /// <summary>How long a request waits whose access token is still valid.</summary>
    public static readonly TimeSpan WaitWhileValid = TimeSpan.FromSeconds(2);

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

    /// <summary>Gets a value indicating whether this process has sent the refresh token. Only the response to that request has the new tokens.</summary>
    public bool IsSent { get; private set; }

    /// <summary>Gets or sets a value indicating whether the session ended, so that the outcome must not be used.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Gets or sets the session that the new tokens were issued to, which only its sign-out revokes, or <see langword="null"/> if it is every holder of the refresh token.</summary>
    public string? IssuedTo { get; set; }

    /// <summary>Gets or sets the earlier call whose outcome this one uses.</summary>
    public RefreshCall? ServedBy { get; set; }

    /// <summary>Gets or sets the timer that removes the outcome: referenced here, so that it is not garbage-collected.</summary>
    public ITimer? Removal { get; set; }

    /// <summary>
    /// Gets a value indicating whether the outcome is for every session that holds the refresh token, because that token is spent or was refused. A server that does not rotate
    /// refresh tokens may issue one to several sessions of a user, each of which has access tokens of its own.
    /// </summary>
    public bool IsForAll
        => sessionId is null || (IsCompleted && (IsRotated || !Outcome.IsCompletedSuccessfully));

    /// <summary>Gets a value indicating whether the call is in progress, or its outcome is recent enough to be used.</summary>
    public bool IsUsable => !IsCompleted || (!IsForgotten
        && time.GetElapsedTime(_completed) < _lifetime
        && !(Outcome.IsCompletedSuccessfully && Outcome.Result.ExpiresAt <= time.GetUtcNow()));

    /// <summary>Gets a value indicating whether another refresh token replaced this one.</summary>
    public bool IsRotated => Outcome.IsCompletedSuccessfully && Outcome.Result.RefreshToken != refreshToken;

    /// <summary>Gets a value indicating whether the access token of a caller expires so soon that the refresh cannot wait for an unavailable store.</summary>
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

    /// <summary>Adds a caller whose access token cannot wait for an unavailable store after the given time, or at all.</summary>
    public void GoAloneAt(DateTimeOffset? moment)
    {
        lock (_lock)
        {
            _aloneAt = moment is { } at && at > DateTimeOffset.MinValue ? (at < _aloneAt ? at : _aloneAt) : DateTimeOffset.MinValue;
        }
    }

    public void Send() => IsSent = true;

    /// <summary>Waits. The time counts from the start of the call, so that later callers do not each wait the full time.</summary>
    /// <exception cref="BinanceAuthenticationException">The refresh failed; or it continues (<see cref="BinanceFailure.Timeout"/>).</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    public Task<BinanceTokens> WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => WaitAsync(longest, longest, cancellationToken);

    /// <summary>Waits. The time counts from the start of the call, and is at most what remains for the caller.</summary>
    /// <exception cref="BinanceAuthenticationException">The refresh failed; or it continues (<see cref="BinanceFailure.Timeout"/>).</exception>
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
            // The call may have completed at the same moment.
            return IsCompleted
                ? await Outcome
                : throw new BinanceAuthenticationException(BinanceFailure.Timeout, "Binance's token endpoint: no complete response in time; the refresh continues.");
        }
    }

    /// <summary>Completes the call.</summary>
    /// <param name="outcome">The completed outcome.</param>
    /// <param name="lifetime">How long it is used.</param>
    public void Complete(Task<BinanceTokens> outcome, TimeSpan lifetime)
    {
        (_completed, _lifetime) = (time.GetTimestamp(), lifetime);
        _outcome.SetFromTask(outcome);

        // Observes the exception: all callers may have stopped waiting.
        _ = _outcome.Task.Exception;
    }
}
