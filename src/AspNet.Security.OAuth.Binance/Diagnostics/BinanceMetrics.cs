using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// The meter <c>AspNet.Security.OAuth.Binance</c>. Its tags are names of schemes and kinds of failure, never a user or a token.
/// </summary>
internal sealed class BinanceMetrics
{
    private const string MeterName = "AspNet.Security.OAuth.Binance";

    private readonly Counter<long> _signIns;
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _revocations;
    private readonly Histogram<double> _duration;

    public BinanceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _signIns = meter.CreateCounter<long>("binance.sign_ins", "{sign_in}", "Sign-ins with Binance that returned to the site, by outcome.");
        _refreshes = meter.CreateCounter<long>("binance.token.refreshes", "{refresh}", "Refresh calls to Binance, by outcome.");
        _revocations = meter.CreateCounter<long>("binance.token.revocations", "{revocation}", "Revocation calls to Binance, by outcome.");
        _duration = meter.CreateHistogram(
            "binance.token.request.duration",
            "s",
            "How long refresh and revocation calls to Binance took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });
    }

    /// <summary>Counts a sign-in that succeeded.</summary>
    public void CountSignIn(string scheme) => Add(_signIns, Tags(scheme, "success", null));

    /// <summary>Counts a sign-in that failed.</summary>
    public void CountFailedSignIn(string scheme, BinanceFailure failure)
        => Add(_signIns, Tags(scheme, failure is BinanceFailure.AccessDenied ? "refused" : "failed", failure));

    /// <summary>Counts a sign-in that the application handled itself, without signing a user in.</summary>
    public void CountHandledSignIn(string scheme) => Add(_signIns, Tags(scheme, "handled", null));

    /// <summary>Counts a sign-in whose request was aborted.</summary>
    public void CountAbortedSignIn(string scheme) => Add(_signIns, Tags(scheme, "aborted", null));

    public Task<T> MeasureRefreshAsync<T>(string scheme, TimeProvider time, Func<Task<T>> call)
        => MeasureAsync(_refreshes, "refresh", scheme, time, call);

    public Task MeasureRevocationAsync(string scheme, TimeProvider time, Func<Task> call)
        => MeasureAsync(_revocations, "revoke", scheme, time, async () =>
        {
            await call();
            return true;
        });

    private async Task<T> MeasureAsync<T>(Counter<long> counter, string operation, string scheme, TimeProvider time, Func<Task<T>> call)
    {
        var started = time.GetTimestamp();
        BinanceFailure? failure = BinanceFailure.Unknown;
        try
        {
            var result = await call();
            failure = null;
            return result;
        }
        catch (BinanceAuthenticationException exception)
        {
            failure = exception.Failure;
            throw;
        }
        finally
        {
            Record(counter, operation, scheme, time.GetElapsedTime(started), failure);
        }
    }

    private void Record(Counter<long> counter, string operation, string scheme, TimeSpan elapsed, BinanceFailure? failure)
    {
        var tags = Tags(scheme, failure switch { null => "success", BinanceFailure.InvalidGrant => "refused", _ => "failed" }, failure);
        Add(counter, tags);
        tags.Add("binance.operation", operation);
        try
        {
            _duration.Record(elapsed.TotalSeconds, tags);
        }
        catch (Exception)
        {
            // See Add.
        }
    }

    private static void Add(Counter<long> counter, in TagList tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception)
        {
            // The instrument throws the exception of a listener, which must not fail a request or a session.
        }
    }

    private static TagList Tags(string scheme, string outcome, BinanceFailure? failure)
    {
        var tags = new TagList
        {
            { "binance.scheme", scheme },
            { "binance.outcome", outcome },
        };

        // OpenTelemetry's convention: the attribute is present only for a failure.
        if (failure is { } kind)
        {
            tags.Add("error.type", FailureNames.Of(kind));
        }

        return tags;
    }
}
