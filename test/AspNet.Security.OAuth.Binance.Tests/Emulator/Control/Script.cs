using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The operations of a test on an emulator, in C# or by the JSON API.</summary>
internal abstract class Script
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public abstract Task ResetAsync();

    public abstract Task<IReadOnlyList<EmulatorClient>> ClientsAsync();

    /// <returns>Whether there is one.</returns>
    public abstract Task<bool> HasClientAsync(string clientId);

    public abstract Task AddAsync(EmulatorClient client);

    public abstract Task<bool> UpdateAsync(EmulatorClient client);

    public abstract Task<bool> RemoveClientAsync(string clientId);

    public abstract Task<IReadOnlyList<EmulatorUser>> UsersAsync();

    /// <returns>Whether there is one.</returns>
    public abstract Task<bool> HasUserAsync(string userId);

    public abstract Task AddAsync(EmulatorUser user);

    public abstract Task<bool> UpdateAsync(EmulatorUser user);

    public abstract Task<bool> RemoveUserAsync(string userId);

    public abstract Task<(string AccessToken, string RefreshToken)> IssueAsync(string? clientId = null, string? userId = null, IReadOnlyList<string>? scopes = null);

    public abstract Task<IReadOnlyList<EmulatorToken>> AccessTokensAsync();

    public abstract Task<IReadOnlyList<EmulatorToken>> RefreshTokensAsync();

    public abstract Task<int> ExpireAsync();

    public abstract Task<bool> RevokeAsync(string token);

    public abstract Task<int> RevokeAllAsync();

    public abstract Task<bool> CreateApiKeyAsync(string token);

    public abstract Task<IReadOnlyList<SeenRequest>> RequestsAsync(RequestMatch match);

    public abstract Task<SeenRequest> WaitForAsync(RequestMatch match, int count);

    public abstract Task ClearRequestsAsync();

    public abstract Task NextAsync(EmulatorEndpoint endpoint, FaultInBoth fault, int? times = 1);

    public abstract Task<IReadOnlyList<(EmulatorEndpoint Endpoint, int? Times)>> PendingAsync();

    public abstract Task<IScriptedHold> HoldAsync(EmulatorEndpoint endpoint);

    public abstract Task<IReadOnlyList<(string Id, EmulatorEndpoint Endpoint, int Arrived)>> HoldsAsync();

    public abstract Task ClearFaultsAsync();

    public abstract Task<(DateTimeOffset Now, TimeSpan Offset)> ClockAsync();

    public abstract Task AdvanceAsync(TimeSpan by);

    public abstract Task SetAsync(DateTimeOffset now);

    /// <summary>Changes options, given in C# and in JSON.</summary>
    public abstract Task ChangeAsync(Action<BinanceEmulatorOptions> code, string json);
}

internal interface IScriptedHold
{
    string Id { get; }

    Task WaitForCallsAsync(int count);

    Task ReleaseAsync();
}

/// <summary>The properties of a request that both APIs have.</summary>
internal sealed record SeenRequest(
    EmulatorEndpoint Endpoint,
    string Method,
    string Path,
    string? GrantType,
    int Status,
    string? Fault,
    string? State,
    string? RefreshToken,
    string? GrantId,
    string? Location,
    (string Rule, string? Expected, string? Actual)? Refusal);

/// <summary>A filter of requests.</summary>
internal sealed record RequestMatch(
    EmulatorEndpoint? Endpoint = null,
    string? Method = null,
    string? Path = null,
    string? GrantType = null,
    string? ClientId = null,
    string? GrantId = null,
    int? Status = null,
    string? Fault = null);

/// <summary>A fault, in C# and in JSON.</summary>
public sealed record FaultInBoth(EmulatorFault Code, string Json);
