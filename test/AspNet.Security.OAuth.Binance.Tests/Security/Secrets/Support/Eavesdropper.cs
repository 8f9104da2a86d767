using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Runtime.ExceptionServices;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// Records the diagnostics of this process: every meter, every trace, the event sources of the web stack, and every exception, caught ones
/// included.
/// </summary>
internal sealed class Eavesdropper : IDisposable
{
    private readonly Evidence _evidence;
    private readonly ConcurrentQueue<Exception> _exceptions = [];
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly Events _events;

    public Eavesdropper(Evidence evidence)
    {
        _evidence = evidence;

        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        Measure<byte>();
        Measure<short>();
        Measure<int>();
        Measure<long>();
        Measure<float>();
        Measure<double>();
        Measure<decimal>();
        _meters.Start();

        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Hear,
        };
        ActivitySource.AddActivityListener(_activities);

        _events = new Events(evidence);
        AppDomain.CurrentDomain.FirstChanceException += Hear;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Hear;
        _meters.RecordObservableInstruments();
        _meters.Dispose();
        _activities.Dispose();
        _events.Dispose();

        // Not in the handler of the event: ToString of an exception can throw another one.
        foreach (var exception in _exceptions)
        {
            _evidence.Add("exception " + exception.GetType().Name, exception);
        }
    }

    private void Measure<T>()
        where T : struct
        => _meters.SetMeasurementEventCallback<T>((instrument, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
            {
                _evidence.Add($"metric {instrument.Name}", $"{name} {value}");
            }
        });

    private void Hear(Activity activity)
    {
        var place = $"trace {activity.Source.Name}/{activity.OperationName}";
        _evidence.Add(place, $"{activity.DisplayName}\n{activity.StatusDescription}\n{activity.TraceStateString}");
        _evidence.Add(place, string.Join('\n', activity.TagObjects));
        _evidence.Add(place, string.Join('\n', activity.Baggage));
        foreach (var happened in activity.Events)
        {
            _evidence.Add(place, $"{happened.Name}\n{string.Join('\n', happened.Tags)}");
        }
    }

    private void Hear(object? sender, FirstChanceExceptionEventArgs thrown) => _exceptions.Enqueue(thrown.Exception);

    private sealed class Events(Evidence evidence) : EventListener
    {
        private static readonly string[] _sources =
            ["System.Net.Http", "System.Net.NameResolution", "System.Net.Security", "Microsoft.AspNetCore.Hosting", "Microsoft-AspNetCore-Server-Kestrel"];

        // The base constructor calls this for existing sources; fields of a primary constructor are set before.
        protected override void OnEventSourceCreated(EventSource source)
        {
            if (_sources.Contains(source.Name))
            {
                EnableEvents(source, EventLevel.Verbose, EventKeywords.All);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs written)
            => evidence.Add($"event {written.EventSource.Name}/{written.EventName}", string.Join('\n', written.Payload ?? []));
    }
}
