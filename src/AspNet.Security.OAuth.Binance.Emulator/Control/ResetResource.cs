namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The reset to the state right after the start.</summary>
internal sealed class ResetResource(Action reset)
{
    public IEnumerable<ControlRoute> Routes => [ControlRoute.Reset("/reset", Reset)];

    private ControlResponse Reset(ControlCall call)
    {
        call.ReadOptional(ControlJson.Readable.EmptyJson);
        reset();
        return ControlResponse.NoContent;
    }
}
