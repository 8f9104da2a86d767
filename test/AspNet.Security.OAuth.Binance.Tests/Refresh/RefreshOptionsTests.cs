using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

public sealed class RefreshOptionsTests
{
    [Fact]
    public void Default_is_a_refresh_five_minutes_before_expiry()
    {
        var options = new BinanceAuthenticationOptions();

        Assert.True(options.AutomaticRefresh);
        Assert.Equal(TimeSpan.FromMinutes(5), options.RefreshBeforeExpiration);
    }

    [Fact]
    public void AutomaticRefresh_without_SaveTokens_is_invalid()
    {
        var options = Valid();
        (options.SaveTokens, options.RevokeOnSignOut) = (false, false);

        var failure = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        Assert.Contains(nameof(options.AutomaticRefresh), Assert.Single(failure.Failures), StringComparison.Ordinal);
        options.AutomaticRefresh = false;
        options.Validate("Binance");
    }

    [Theory]
    [InlineData("-00:00:00.0000001", false)]
    [InlineData("00:00:00", true)]
    [InlineData("1.00:00:00", true)]
    [InlineData("1.00:00:00.0000001", false)]
    [InlineData("10675199.02:48:05.4775807", false)]
    public void RefreshBeforeExpiration_is_between_zero_and_a_day(string time, bool isValid)
    {
        var options = Valid();
        options.RefreshBeforeExpiration = TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

        var failure = Record.Exception(() => options.Validate("Binance")) as OptionsValidationException;

        Assert.Equal(isValid, failure is null);
        Assert.True(isValid || failure!.Failures.Single().Contains(nameof(options.RefreshBeforeExpiration), StringComparison.Ordinal));
    }

    [Fact]
    public void Both_options_are_bound_from_the_configuration_of_the_scheme()
    {
        using var services = Services(
            ("Authentication:Schemes:Binance:AutomaticRefresh", "false"),
            ("Authentication:Schemes:Binance:RefreshBeforeExpiration", "00:12:34"));

        var options = services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance");

        Assert.False(options.AutomaticRefresh);
        Assert.Equal(new TimeSpan(0, 12, 34), options.RefreshBeforeExpiration);
    }

    [Theory]
    [InlineData("AutomaticRefresh", "perhaps")]
    [InlineData("RefreshBeforeExpiration", "five minutes")]
    public void Invalid_setting_is_named_without_its_value(string name, string value)
    {
        using var services = Services(("Authentication:Schemes:Binance:" + name, value));

        var failure = Assert.Throws<InvalidOperationException>(
            () => services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance"));

        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, failure.Message, StringComparison.Ordinal);
    }

    private static BinanceAuthenticationOptions Valid() => new() { ClientId = "id", ClientSecret = "secret", SignInScheme = "Cookies" };

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)))
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        services.AddAuthentication("Cookies").AddCookie("Cookies").AddBinance(options => (options.ClientId, options.ClientSecret) = ("id", "secret"));
        return services.BuildServiceProvider();
    }
}
