using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

public sealed class OptionsConfigurationTests
{
    public static TheoryData<string, string, Func<BinanceAuthenticationOptions, object?>, object> Keys => new()
    {
        { "ClientId", "id", options => options.ClientId, "id" },
        { "ClientSecret", "secret", options => options.ClientSecret, "secret" },
        { "UsePkce", "false", options => options.UsePkce, false },
        { "SaveTokens", "True", options => options.SaveTokens, true },
        { "RevokeOnSignOut", "false", options => options.RevokeOnSignOut, false },
        { "AuthorizationEndpoint", "https://a.example.com/en/oauth/authorize", options => options.AuthorizationEndpoint, "https://a.example.com/en/oauth/authorize" },
        { "TokenEndpoint", "https://a.example.com/token", options => options.TokenEndpoint, "https://a.example.com/token" },
        { "UserInformationEndpoint", "https://a.example.com/user", options => options.UserInformationEndpoint, "https://a.example.com/user" },
        { "RevocationEndpoint", "https://a.example.com/revoke", options => options.RevocationEndpoint, "https://a.example.com/revoke" },
        { "CallbackPath", "/back", options => options.CallbackPath.Value, "/back" },
        { "AccessDeniedPath", "/denied", options => options.AccessDeniedPath.Value, "/denied" },
        { "FailurePath", "/failed", options => options.FailurePath.Value, "/failed" },
        { "ReturnUrlParameter", "to", options => options.ReturnUrlParameter, "to" },
        { "Locale", "tr", options => options.Locale, "tr" },
        { "SignInScheme", "Cookies", options => options.SignInScheme, "Cookies" },
        { "ClaimsIssuer", "partner", options => options.ClaimsIssuer, "partner" },
        { "BackchannelTimeout", "00:00:20", options => options.BackchannelTimeout, TimeSpan.FromSeconds(20) },
        { "RemoteAuthenticationTimeout", "00:05:00", options => options.RemoteAuthenticationTimeout, TimeSpan.FromMinutes(5) },
        { "RevocationTimeout", "00:00:01.5", options => options.RevocationTimeout, TimeSpan.FromSeconds(1.5) },
    };

    [Theory]
    [MemberData(nameof(Keys), DisableDiscoveryEnumeration = true)]
    public void A_key_below_the_scheme_sets_the_option_of_its_name(
        string key, string value, Func<BinanceAuthenticationOptions, object?> read, object expected)
        => Assert.Equal(expected, read(Read(new() { [key] = value })));

    [Fact]
    public void A_public_client_can_be_configured()
    {
        var options = Read(new() { ["ClientSecret"] = null, ["IsPublicClient"] = "true" });

        Assert.True(options.IsPublicClient);
        Assert.Null(options.ClientSecret);
    }

    [Fact]
    public void Keys_that_are_absent_or_empty_leave_the_defaults()
    {
        var options = Read(new() { ["CallbackPath"] = string.Empty, ["UsePkce"] = string.Empty, ["BackchannelTimeout"] = string.Empty, ["Locale"] = string.Empty });

        Assert.Equal("/signin-binance", options.CallbackPath);
        Assert.False(options.FailurePath.HasValue);
        Assert.True(options.UsePkce);
        Assert.Equal(TimeSpan.FromSeconds(10), options.BackchannelTimeout);
        Assert.Equal("en", options.Locale);
        Assert.Equal(["user:openId"], options.Scope);
    }

    [Fact]
    public void Scopes_that_are_configured_as_text_are_the_whole_list()
        => Assert.Equal(["user:email", "create:apikey"], Read(new() { ["Scope"] = " user:email , create:apikey," }).Scope);

    [Fact]
    public void Scopes_that_are_configured_as_a_list_are_the_whole_list()
        => Assert.Equal(["user:email", "create:apikey"], Read(new() { ["Scope:0"] = "user:email", ["Scope:1"] = "create:apikey" }).Scope);

    [Theory]
    [InlineData("UsePkce", "yes-hunter2")]
    [InlineData("SaveTokens", "1")]
    [InlineData("IsPublicClient", "hunter2")]
    [InlineData("RevokeOnSignOut", "hunter2")]
    [InlineData("CallbackPath", "hunter2")]
    [InlineData("FailurePath", "https://evil.example/hunter2")]
    [InlineData("AccessDeniedPath", "hunter2")]
    [InlineData("BackchannelTimeout", "hunter2")]
    [InlineData("RevocationTimeout", "ten seconds hunter2")]
    [InlineData("RemoteAuthenticationTimeout", "hunter2")]
    public void A_wrong_value_is_named_and_not_repeated(string key, string value)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Read(new() { [key] = value }));

        Assert.Contains($"Authentication:Schemes:Binance:{key}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_delegate_takes_precedence_over_the_configuration()
    {
        var options = Read(
            new() { ["ClientId"] = "configured", ["Locale"] = "tr", ["Scope"] = "user:email" },
            configure: options =>
            {
                options.ClientId = "of the delegate";
                options.Scope.Add("create:apikey");
            });

        Assert.Equal("of the delegate", options.ClientId);
        Assert.Equal("tr", options.Locale);
        Assert.Equal(["user:email", "create:apikey"], options.Scope);
    }

    [Fact]
    public void A_scheme_of_another_name_has_a_section_of_its_own()
    {
        using var provider = BuildProvider(
            new()
            {
                ["Authentication:Schemes:Binance:ClientId"] = "first",
                ["Authentication:Schemes:Binance:ClientSecret"] = "first",
                ["Authentication:Schemes:Partner:ClientId"] = "second",
                ["Authentication:Schemes:Partner:ClientSecret"] = "second",
            },
            builder => builder.AddBinance().AddBinance("Partner", _ => { }));
        var monitor = provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>();

        Assert.Equal("first", monitor.Get("Binance").ClientId);
        Assert.Equal("second", monitor.Get("Partner").ClientId);
    }

    [Fact]
    public void Without_a_configuration_all_options_are_those_of_the_delegate()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddAuthentication().AddCookie().AddBinance(options => (options.ClientId, options.ClientSecret) = ("id", "secret"));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance");

        Assert.Equal("id", options.ClientId);
        Assert.Equal("/signin-binance", options.CallbackPath);
    }

    private static BinanceAuthenticationOptions Read(
        Dictionary<string, string?> section, Action<BinanceAuthenticationOptions>? configure = null)
    {
        Dictionary<string, string?> values = new() { ["ClientId"] = "id", ["ClientSecret"] = "secret" };
        foreach (var (key, value) in section)
        {
            values[key] = value;
        }

        using var provider = BuildProvider(
            values.ToDictionary(pair => $"Authentication:Schemes:Binance:{pair.Key}", pair => pair.Value),
            builder => builder.AddBinance(configure ?? (_ => { })));
        return provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance");
    }

    private static ServiceProvider BuildProvider(Dictionary<string, string?> configuration, Action<AuthenticationBuilder> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        add(services.AddLogging().AddAuthentication().AddCookie());
        return services.BuildServiceProvider();
    }
}
