namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A fault that is to be applied to the next requests to an endpoint.</summary>
public sealed class EmulatorPendingFault
{
    internal EmulatorPendingFault(EmulatorEndpoint endpoint, EmulatorFault fault, int times)
    {
        Endpoint = endpoint;
        Fault = fault;
        Times = times;
    }

    /// <summary>Gets the endpoint.</summary>
    public EmulatorEndpoint Endpoint { get; }

    /// <summary>Gets the fault.</summary>
    public EmulatorFault Fault { get; }

    /// <summary>Gets the number of requests that it is still to be applied to; <see cref="int.MaxValue"/>: all until <see cref="EmulatorFaults.Clear"/>.</summary>
    public int Times { get; }
}
