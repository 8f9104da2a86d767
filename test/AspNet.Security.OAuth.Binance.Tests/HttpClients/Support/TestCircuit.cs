using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.HttpClients;

/// <summary>
/// What Blazor makes for a circuit: a scope of services with a user, and the handler that the site's clients add to it.
/// </summary>
internal sealed class TestCircuit : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;
    private readonly CircuitHandler _handler;

    public TestCircuit(LifetimeSite site, ClaimsPrincipal user)
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

    /// <summary>Runs something that the browser has caused, such as a click.</summary>
    public async Task<T> RunAsync<T>(Func<IServiceProvider, Task<T>> activity)
    {
        T result = default!;

        // Blazor alone can make the context, which the handler hands on.
        await _handler.CreateInboundActivityHandler(async _ => result = await activity(_scope.ServiceProvider))(null!);
        return result;
    }

    /// <summary>Calls the API from a component.</summary>
    public Task<string> CallAsync(string? url = null) => RunAsync(services => CallingSite.TextAsync(services, url));

    /// <summary>Closes the circuit, which is disposed next.</summary>
    public Task CloseAsync() => _handler.OnCircuitClosedAsync(null!, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _scope.DisposeAsync();
}

/// <summary>The user of a circuit, which a test sets.</summary>
internal sealed class FixedUser : AuthenticationStateProvider
{
    public ClaimsPrincipal User { get; set; } = new();

    public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
}
