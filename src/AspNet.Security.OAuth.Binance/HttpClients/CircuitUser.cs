using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.HttpClients;

/// <summary>
/// The user of a Blazor circuit, during what the browser has caused there, and what that has begun.
/// </summary>
/// <param name="services">The services of the circuit. An application without Blazor has none of those that are needed here.</param>
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
        // What a component has begun may go on without it.
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
            // Closed at this very moment.
            return new ClaimsPrincipal();
        }
    }
}
