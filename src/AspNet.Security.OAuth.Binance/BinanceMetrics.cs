using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The meter <c>AspNet.Security.OAuth.Binance</c>. Its tags are names of schemes and kinds of failure; no user, no token.
/// </summary>
internal sealed class BinanceMetrics
{
    private const string MeterName = "AspNet.Security.OAuth.Binance";

    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _revocations;
    private readonly Histogram<double> _duration;

    public BinanceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _refreshes = meter.CreateCounter<long>("binance.token.refreshes", "{refresh}", "Refresh calls to Binance, by outcome.");
        _revocations = meter.CreateCounter<long>("binance.token.revocations", "{revocation}", "Revocation calls to Binance, by outcome.");
        _duration = meter.CreateHistogram(
            "binance.token.request.duration",
            "s",
            "How long refresh and revocation calls to Binance took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });
    }

    public Call StartRefresh(string scheme, TimeProvider time) => new(_refreshes, _duration, "refresh", scheme, time);

    public Call StartRevocation(string scheme, TimeProvider time) => new(_revocations, _duration, "revoke", scheme, time);

    /// <summary>One call, counted and timed when it is over. It failed unless it says otherwise.</summary>
    internal sealed class Call(Counter<long> counter, Histogram<double> duration, string operation, string scheme, TimeProvider time) : IDisposable
    {
        private readonly long _started = time.GetTimestamp();
        private BinanceFailure? _failure = BinanceFailure.Unknown;

        public void Ended(BinanceFailure? failure) => _failure = failure;

        public void Dispose()
        {
            var tags = new TagList
            {
                { "binance.scheme", scheme },
                { "binance.outcome", _failure switch { null => "success", BinanceFailure.InvalidGrant => "refused", _ => "failed" } },
            };

            // OpenTelemetry's convention: the attribute is there only when something went wrong.
            if (_failure is { } failure)
            {
                tags.Add("error.type", JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString()));
            }

            counter.Add(1, tags);
            tags.Add("binance.operation", operation);
            duration.Record(time.GetElapsedTime(_started).TotalSeconds, tags);
        }
    }
}
