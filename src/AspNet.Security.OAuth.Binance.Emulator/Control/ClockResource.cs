using AspNet.Security.OAuth.Binance.Emulator.Configuration;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The clock.</summary>
internal sealed class ClockResource(EmulatorClock clock)
{
    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get("/clock", _ => Show()),
            ControlRoute.Post("/clock/advance", Advance),
            ControlRoute.Post("/clock/set", Set),
        ];

    private ControlResponse Show()
    {
        var offset = clock.Offset;
        return ControlResponse.Ok(new ClockJson(clock.GetUtcNow().UtcDateTime, offset.TotalSeconds), ControlJson.Readable.ClockJson);
    }

    private ControlResponse Advance(ControlCall call)
    {
        var json = call.Read(ControlJson.Readable.AdvanceJson);
        if (json.Seconds < 0)
        {
            throw new JsonDefectException("seconds", "The clock can only be set forward.");
        }

        return JsonDefectException.At("seconds", () =>
        {
            clock.Advance(Seconds.ToTimeSpan(json.Seconds));
            return Show();
        });
    }

    private ControlResponse Set(ControlCall call)
    {
        var json = call.Read(ControlJson.Readable.SetClockJson);
        return JsonDefectException.At("now", () =>
        {
            clock.Set(json.Now);
            return Show();
        });
    }
}

internal sealed record ClockJson(DateTime Now, double OffsetSeconds);

internal sealed class AdvanceJson
{
    public required double Seconds { get; set; }
}

internal sealed class SetClockJson
{
    public required DateTimeOffset Now { get; set; }
}
