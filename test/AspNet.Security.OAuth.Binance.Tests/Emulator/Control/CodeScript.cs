using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator.Control;

/// <summary>The C# API.</summary>
internal sealed class CodeScript(BinanceEmulator emulator) : Script
{
    public override Task ResetAsync() => Do(emulator.Reset);

    public override Task<IReadOnlyList<EmulatorClient>> ClientsAsync() => Task.FromResult<IReadOnlyList<EmulatorClient>>([.. emulator.Clients]);

    public override Task<bool> HasClientAsync(string clientId) => Task.FromResult(emulator.Clients.Find(clientId) is not null);

    public override Task AddAsync(EmulatorClient client) => Do(() => emulator.Clients.Add(client));

    public override Task<bool> UpdateAsync(EmulatorClient client) => Task.FromResult(emulator.Clients.Update(client));

    public override Task<bool> RemoveClientAsync(string clientId) => Task.FromResult(emulator.Clients.Remove(clientId));

    public override Task<IReadOnlyList<EmulatorUser>> UsersAsync() => Task.FromResult<IReadOnlyList<EmulatorUser>>([.. emulator.Users]);

    public override Task<bool> HasUserAsync(string userId) => Task.FromResult(emulator.Users.Find(userId) is not null);

    public override Task AddAsync(EmulatorUser user) => Do(() => emulator.Users.Add(user));

    public override Task<bool> UpdateAsync(EmulatorUser user) => Task.FromResult(emulator.Users.Update(user));

    public override Task<bool> RemoveUserAsync(string userId) => Task.FromResult(emulator.Users.Remove(userId));

    public override Task<(string AccessToken, string RefreshToken)> IssueAsync(string? clientId, string? userId, IReadOnlyList<string>? scopes)
    {
        var issued = emulator.Tokens.Issue(clientId, userId, scopes);
        return Task.FromResult((issued.AccessToken, issued.RefreshToken));
    }

    public override Task<IReadOnlyList<EmulatorToken>> AccessTokensAsync() => Task.FromResult(emulator.Tokens.AccessTokens);

    public override Task<IReadOnlyList<EmulatorToken>> RefreshTokensAsync() => Task.FromResult(emulator.Tokens.RefreshTokens);

    public override Task<int> ExpireAsync() => Task.FromResult(emulator.Tokens.ExpireAccessTokens());

    public override Task<bool> RevokeAsync(string token) => Task.FromResult(emulator.Tokens.Revoke(token));

    public override Task<int> RevokeAllAsync() => Task.FromResult(emulator.Tokens.RevokeAll());

    public override Task<bool> CreateApiKeyAsync(string token) => Task.FromResult(emulator.Tokens.CreateApiKey(token));

    public override Task<IReadOnlyList<SeenRequest>> RequestsAsync(RequestMatch match)
        => Task.FromResult<IReadOnlyList<SeenRequest>>([.. emulator.Requests.Where(request => Matches(match, request)).Select(Seen)]);

    public override async Task<SeenRequest> WaitForAsync(RequestMatch match, int count)
        => Seen(await emulator.Requests.WaitForAsync(request => Matches(match, request), count, Cancellation));

    public override Task ClearRequestsAsync() => Do(emulator.Requests.Clear);

    public override Task NextAsync(EmulatorEndpoint endpoint, FaultInBoth fault, int? times) => Do(() => emulator.Faults.Next(endpoint, fault.Code, times ?? int.MaxValue));

    public override Task<IReadOnlyList<(EmulatorEndpoint Endpoint, int? Times)>> PendingAsync()
        => Task.FromResult<IReadOnlyList<(EmulatorEndpoint, int?)>>(
            [.. emulator.Faults.Pending.Select(fault => (fault.Endpoint, fault.Times == int.MaxValue ? (int?)null : fault.Times))]);

    public override Task<IScriptedHold> HoldAsync(EmulatorEndpoint endpoint) => Task.FromResult<IScriptedHold>(new Hold(emulator.Faults.Hold(endpoint)));

    public override Task<IReadOnlyList<(string Id, EmulatorEndpoint Endpoint, int Arrived)>> HoldsAsync()
        => Task.FromResult<IReadOnlyList<(string, EmulatorEndpoint, int)>>([.. emulator.Faults.Holds.Select(hold => (hold.Id, hold.Endpoint, hold.Arrived))]);

    public override Task ClearFaultsAsync() => Do(emulator.Faults.Clear);

    public override Task<(DateTimeOffset Now, TimeSpan Offset)> ClockAsync() => Task.FromResult((emulator.Clock.GetUtcNow(), emulator.Clock.Offset));

    public override Task AdvanceAsync(TimeSpan by) => Do(() => emulator.Clock.Advance(by));

    public override Task SetAsync(DateTimeOffset now) => Do(() => emulator.Clock.Set(now));

    public override Task ChangeAsync(Action<BinanceEmulatorOptions> code, string json) => Do(() => code(emulator.Options));

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static bool Matches(RequestMatch match, EmulatorRequest request)
        => (match.Endpoint is null || match.Endpoint == request.Endpoint)
            && (match.Method is null || match.Method == request.Method)
            && (match.Path is null || match.Path == request.Path)
            && (match.GrantType is null || match.GrantType == request.GrantType)
            && (match.ClientId is null || match.ClientId == (request.Form["client_id"] ?? request.Query["client_id"]))
            && (match.GrantId is null || match.GrantId == request.GrantId)
            && (match.Status is null || match.Status == request.Status)
            && (match.Fault is null || match.Fault == request.Fault);

    private static SeenRequest Seen(EmulatorRequest request) => new(
        request.Endpoint, request.Method, request.Path, request.GrantType, request.Status, request.Fault, request.Query["state"], request.Form["refresh_token"],
        request.GrantId, request.Location, request.Refusal is { } refusal ? (refusal.Rule, refusal.Expected, refusal.Actual) : null);

    private sealed class Hold(EmulatorHold hold) : IScriptedHold
    {
        public string Id => hold.Id;

        public Task WaitForCallsAsync(int count) => hold.WaitForCallsAsync(count, Cancellation);

        public Task ReleaseAsync() => Do(hold.Release);
    }
}
