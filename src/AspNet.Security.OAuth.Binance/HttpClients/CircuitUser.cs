using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// Sets the user of a Blazor circuit during its inbound activities, and the tasks that they start.
/// </summary>
/// <param name="services">The services of the circuit. In an application without Blazor the required services are missing.</param>
internal sealed class CircuitUser(IServiceProvider services) : CircuitHandler
{
    private volatile bool _isClosed;

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next)
    {
        var user = new CallingUser(FindAsync);
        return async activity =>
        {
            CallingUser.Current = user;
            await next(activity);
            CallingUser.Current = null;
        };
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        // A task that a component started may continue after the circuit.
        _isClosed = true;
        return Task.CompletedTask;
    }

    private async Task<ClaimsPrincipal> FindAsync()
    {
        try
        {
            return _isClosed ? new ClaimsPrincipal() : (await services.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;
        }
        catch (ObjectDisposedException)
        {
            // The circuit was closed at the same moment.
            return new ClaimsPrincipal();
        }
    }
}
