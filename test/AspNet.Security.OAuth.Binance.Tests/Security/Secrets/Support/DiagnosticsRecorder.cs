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
internal sealed class DiagnosticsRecorder : IDisposable
{
    private readonly RecordedTexts _texts;
    private readonly ConcurrentQueue<Exception> _exceptions = [];
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly Events _events;

    public DiagnosticsRecorder(RecordedTexts texts)
    {
        _texts = texts;

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
            ActivityStopped = Record,
        };
        ActivitySource.AddActivityListener(_activities);

        _events = new Events(texts);
        AppDomain.CurrentDomain.FirstChanceException += Record;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Record;
        _meters.RecordObservableInstruments();
        _meters.Dispose();
        _activities.Dispose();
        _events.Dispose();

        // Not in the handler of the event: ToString of an exception can throw another one.
        foreach (var exception in _exceptions)
        {
            _texts.Add("exception " + exception.GetType().Name, exception);
        }
    }

    private void Measure<T>()
        where T : struct
        => _meters.SetMeasurementEventCallback<T>((instrument, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
            {
                _texts.Add($"metric {instrument.Name}", $"{name} {value}");
            }
        });

    private void Record(Activity activity)
    {
        var place = $"trace {activity.Source.Name}/{activity.OperationName}";
        _texts.Add(place, $"{activity.DisplayName}\n{activity.StatusDescription}\n{activity.TraceStateString}");
        _texts.Add(place, string.Join('\n', activity.TagObjects));
        _texts.Add(place, string.Join('\n', activity.Baggage));
        foreach (var happened in activity.Events)
        {
            _texts.Add(place, $"{happened.Name}\n{string.Join('\n', happened.Tags)}");
        }
    }

    private void Record(object? sender, FirstChanceExceptionEventArgs thrown) => _exceptions.Enqueue(thrown.Exception);

    private sealed class Events(RecordedTexts texts) : EventListener
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
            => texts.Add($"event {written.EventSource.Name}/{written.EventName}", string.Join('\n', written.Payload ?? []));
    }
}
