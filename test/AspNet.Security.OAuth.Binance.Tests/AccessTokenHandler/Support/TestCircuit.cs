using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;

/// <summary>
/// A Blazor circuit: a scope of services with a user, and the circuit handler of the site's clients.
/// </summary>
internal sealed class TestCircuit : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;
    private readonly CircuitHandler _handler;

    public TestCircuit(TestSite site, ClaimsPrincipal user)
    {
        _scope = site.Services.CreateAsyncScope();
        _handler = _scope.ServiceProvider.GetServices<CircuitHandler>().Single();
        ((FixedUser)_scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).User = user;
    }

    /// <summary>The user that the circuit shows.</summary>
    public ClaimsPrincipal User
    {
        set => ((FixedUser)_scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).User = value;
    }

    /// <summary>Runs an inbound activity, such as a click.</summary>
    public async Task<T> RunAsync<T>(Func<IServiceProvider, Task<T>> activity)
    {
        T result = default!;

        // Only Blazor can create the context. The handler passes it on.
        await _handler.CreateInboundActivityHandler(async _ => result = await activity(_scope.ServiceProvider))(null!);
        return result;
    }

    /// <summary>Calls the API from a component.</summary>
    public Task<string> CallAsync(string? url = null) => RunAsync(services => CalledApi.TextAsync(services, url));

    /// <summary>Closes the circuit. It is disposed of separately.</summary>
    public Task CloseAsync() => _handler.OnCircuitClosedAsync(null!, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _scope.DisposeAsync();
}

/// <summary>The user of a circuit, which a test sets.</summary>
internal sealed class FixedUser : AuthenticationStateProvider
{
    public ClaimsPrincipal User { get; set; } = new();

    public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
}
