using System.Diagnostics.Metrics;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The meter <c>AspNet.Security.OAuth.Binance</c>.
/// </summary>
public sealed class MeterTests
{
    private const string Meter = "AspNet.Security.OAuth.Binance";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_is_counted_once_for_concurrent_requests()
    {
        await using var site = await TestSite.StartAsync();
        using var refreshes = Counter(site, "binance.token.refreshes");
        using var revocations = Counter(site, "binance.token.revocations");
        var browser = await site.WithExpiredTokenAsync();

        await browser.SendManyAsync(50);

        var counted = Assert.Single(refreshes.GetMeasurementSnapshot());
        Assert.Equal(1, counted.Value);
        AssertTags(counted.Tags, ("binance.scheme", "Binance"), ("binance.outcome", "success"));
        Assert.Empty(revocations.GetMeasurementSnapshot());
    }

    [Theory]
    [InlineData("""{"error":"invalid_grant"}""", 400, "refused", "invalid_grant")]
    [InlineData("""{"error":"invalid_client"}""", 401, "failed", "invalid_client")]
    [InlineData("", 503, "failed", "unavailable")]
    [InlineData("<html>", 200, "failed", "unavailable")]
    [InlineData("[]", 200, "failed", "invalid_response")]
    public async Task Refresh_is_counted_with_its_outcome_and_error(string body, int status, string outcome, string error)
    {
        await using var site = await TestSite.StartAsync();
        using var refreshes = Counter(site, "binance.token.refreshes");
        var browser = await site.WithExpiredTokenAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(body, status));

        await browser.SessionAsync();

        var counted = Assert.Single(refreshes.GetMeasurementSnapshot());
        AssertTags(counted.Tags, ("binance.scheme", "Binance"), ("binance.outcome", outcome), ("error.type", error));
    }

    [Fact]
    public async Task Revocation_is_counted_with_its_outcome()
    {
        await using var site = await TestSite.StartAsync();
        using var revocations = Counter(site, "binance.token.revocations");
        var (one, other) = (await site.SignedInAsync(), await site.SignedInAsync());

        await one.GetAsync("/sign-out");
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.ApiError("117041", "Quote expired"));
        await other.GetAsync("/sign-out");

        var counted = revocations.GetMeasurementSnapshot();
        Assert.Equal(2, counted.Count);
        AssertTags(counted[0].Tags, ("binance.scheme", "Binance"), ("binance.outcome", "success"));
        AssertTags(counted[1].Tags, ("binance.scheme", "Binance"), ("binance.outcome", "failed"), ("error.type", "api_error"));
    }

    [Fact]
    public async Task Duration_of_a_call_is_recorded_in_seconds()
    {
        await using var site = await TestSite.StartAsync();
        using var durations = new MetricCollector<double>(site.Services.GetRequiredService<IMeterFactory>(), Meter, "binance.token.request.duration");
        var issued = site.Emulator.Tokens.Issue();
        using (var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token))
        {
            var refresh = site.Client.RefreshTokensAsync(issued.RefreshToken, cancellationToken: Stop);
            await hold.WaitForCallsAsync(1, Stop);
            site.Clock.Pass(TimeSpan.FromSeconds(2));
            hold.Release();
            await refresh;
        }

        await site.Client.RevokeTokenAsync(issued.AccessToken, cancellationToken: Stop);

        var recorded = durations.GetMeasurementSnapshot();
        Assert.Equal("s", durations.Instrument!.Unit);
        Assert.Equal([2, 0], recorded.Select(measurement => measurement.Value));
        AssertTags(recorded[0].Tags, ("binance.scheme", "Binance"), ("binance.outcome", "success"), ("binance.operation", "refresh"));
        AssertTags(recorded[1].Tags, ("binance.scheme", "Binance"), ("binance.outcome", "success"), ("binance.operation", "revoke"));
    }

    private static MetricCollector<long> Counter(TestSite site, string name) => new(site.Services.GetRequiredService<IMeterFactory>(), Meter, name);

    // All tags and no other: nothing of a user or a token can be among them.
    private static void AssertTags(IReadOnlyDictionary<string, object?> tags, params (string Name, string Value)[] expected)
        => Assert.Equal(expected.ToDictionary(tag => tag.Name, tag => (object?)tag.Value), tags.ToDictionary());
}
