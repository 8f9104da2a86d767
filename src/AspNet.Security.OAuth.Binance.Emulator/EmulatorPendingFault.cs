namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A fault that the next calls of an endpoint meet.</summary>
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

    /// <summary>Gets how many calls are still to meet it; <see cref="int.MaxValue"/>: all until <see cref="EmulatorFaults.Clear"/>.</summary>
    public int Times { get; }
}
