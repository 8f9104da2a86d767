
namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// The refresh tokens as docs/tokens.md describes them: each is sent once while its outcome is kept, and refused only with a cause.
/// </summary>
internal sealed class TokenModel(SessionKind kind)
{
    private static readonly TimeSpan _failureKept = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (DateTimeOffset Time, RefreshRequest Request)> _refreshes = [];
    private readonly HashSet<string> _endedGrants = [];
    private readonly HashSet<string> _sharedGrants = [];
    private readonly HashSet<string> _forgottenGrants = [];
    private readonly HashSet<string> _refusedGrants = [];
    private readonly HashSet<string> _failedGrants = [];
    private readonly HashSet<string> _spent = [];
    private DateTimeOffset? _failedAt;

    /// <summary>
    /// Somebody else than its session on the server has the tokens of a consent: another cookie's session, or the application. Spent ones may be sent.
    /// </summary>
    public void ShareGrant(string grant) => _sharedGrants.Add(grant);

    public bool IsShared(string grant) => _sharedGrants.Contains(grant);

    /// <summary>The user, or a sign-out, has ended a consent.</summary>
    public void EndGrant(string grant) => _endedGrants.Add(grant);

    /// <summary>A session has ended, and with it what is kept of its refreshes.</summary>
    public void Forget(string grant) => _forgottenGrants.Add(grant);

    public bool IsRefused(string refreshToken) => _refreshes.TryGetValue(refreshToken, out var last) && last.Request.IsRefused;

    /// <summary>Whether any refresh token of a consent was refused.</summary>
    public bool IsGrantRefused(string grant) => _refusedGrants.Contains(grant);

    public bool WasRefreshed(string refreshToken) => _refreshes.ContainsKey(refreshToken);

    /// <summary>Whether the outcome of a failed refresh may still be kept.</summary>
    public bool HasFailedLately(DateTimeOffset now) => now - _failedAt < _failureKept;

    /// <summary>Whether a refresh of a session on the server failed, so that the task that would have stored its tokens may be in progress when time passes.</summary>
    public bool MayBeInProgress(ModelSession session) => kind is SessionKind.Server && _failedGrants.Contains(session.Grant);

    /// <summary>Adds a refresh that the server has seen.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public string? Add(RefreshRequest request, string grant, DateTimeOffset now)
    {
        var isEnded = _endedGrants.Contains(grant);
        var before = _refreshes.TryGetValue(request.RefreshToken, out var last) ? last.Request : null;
        _refreshes[request.RefreshToken] = (now, request);
        if (request is { HasSucceeded: false, IsRefused: false } or { IsScripted: true })
        {
            _failedAt = now;
        }

        _ = request.HasSucceeded ? _failedGrants.Remove(grant) : _failedGrants.Add(grant);
        if (request.IsRefused)
        {
            _refusedGrants.Add(grant);
        }

        var kept = before is { HasSucceeded: false, IsRefused: false } ? _failureKept : SessionModel.Grace;
        if (before is not null && now - last.Time < kept && !isEnded && !_forgottenGrants.Contains(grant))
        {
            return "A refresh token was sent again while its outcome is kept.";
        }

        var isSpent = _spent.Contains(request.RefreshToken);
        if (request.HasSucceeded)
        {
            _spent.Add(request.RefreshToken);
        }

        if (isSpent && kind is SessionKind.Server && !isEnded && !_sharedGrants.Contains(grant))
        {
            return "A session on the server sent a refresh token that it had spent.";
        }

        if (request is { IsRefused: true, IsScripted: false })
        {
            if (!isEnded && !isSpent)
            {
                return "A refresh token was refused that nobody spent and whose consent nobody ended.";
            }

            // The server takes a second use for theft, and revokes all tokens of the consent.
            EndGrant(grant);
        }

        return null;
    }
}
