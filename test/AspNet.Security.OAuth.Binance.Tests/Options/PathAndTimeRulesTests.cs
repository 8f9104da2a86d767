using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// Options with which no sign-in could succeed, or no failure could be shown: they are refused at start.
/// </summary>
public sealed class PathAndTimeRulesTests
{
    public static TheoryData<string, Action<BinanceAuthenticationOptions>> Faults => new()
    {
        // A path is escaped: the browser would be sent to /login%3Ffailed=true.
        { "FailurePath", options => options.FailurePath = "/login?failed=true" },
        { "FailurePath", options => options.FailurePath = "/login#failed" },
        { "AccessDeniedPath", options => options.AccessDeniedPath = "/login?cancelled=true" },
        { "CallbackPath", options => options.CallbackPath = "/signin?provider=binance" },
        { "AccessDeniedPath", options => options.AccessDeniedPath = options.CallbackPath },

        // Each state would be too old at once; each challenge would throw.
        { "RemoteAuthenticationTimeout", options => options.RemoteAuthenticationTimeout = TimeSpan.Zero },
        { "RemoteAuthenticationTimeout", options => options.RemoteAuthenticationTimeout = Timeout.InfiniteTimeSpan },
        { "RemoteAuthenticationTimeout", options => options.RemoteAuthenticationTimeout = TimeSpan.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void An_invalid_path_or_time_is_refused_by_its_name(string option, Action<BinanceAuthenticationOptions> configure)
    {
        var options = new BinanceAuthenticationOptions { ClientId = "client", ClientSecret = "secret" };
        configure(options);

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        Assert.StartsWith(option + " ", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }
}
