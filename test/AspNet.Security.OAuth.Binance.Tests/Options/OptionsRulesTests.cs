using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

public sealed class OptionsRulesTests
{
    public static TheoryData<string, Action<BinanceAuthenticationOptions>> Faults => new()
    {
        { "ClientId is missing", options => options.ClientId = null! },
        { "ClientId is missing", options => options.ClientId = " " },
        { "ClientSecret is missing", options => options.ClientSecret = null! },
        { "ClientSecret is missing", options => options.ClientSecret = string.Empty },
        { "ClientSecret must not be set", options => options.IsPublicClient = true },
        { "UsePkce must not be switched off", options => (options.IsPublicClient, options.ClientSecret, options.UsePkce) = (true, null!, false) },
        { "AuthorizationEndpoint has to be", options => options.AuthorizationEndpoint = null! },
        { "AuthorizationEndpoint has to be", options => options.AuthorizationEndpoint = "/en/oauth/authorize" },
        { "AuthorizationEndpoint has to be", options => options.AuthorizationEndpoint += "#here" },
        { "TokenEndpoint has to be", options => options.TokenEndpoint = "ftp://accounts.example.com/oauth/token" },
        { "TokenEndpoint has to be", options => options.TokenEndpoint = string.Empty },
        { "UserInformationEndpoint has to be", options => options.UserInformationEndpoint = "api.example.com/user" },
        { "RevocationEndpoint has to be", options => options.RevocationEndpoint = "file:///revoke" },
        { "RevocationEndpoint has to be", options => options.RevocationEndpoint = null! },
        { "CallbackPath has to be", options => options.CallbackPath = default },
        { "FailurePath must not be", options => options.FailurePath = options.CallbackPath },
        { "Locale: ", options => options.Locale = "../x" },
        { "Locale: ", options => options.Locale = null! },
        { "Scope must not be empty", options => options.Scope.Clear() },
        { "AdditionalAuthorizationParameters must not have state:", options => options.AdditionalAuthorizationParameters["state"] = "mine" },
        { "AdditionalAuthorizationParameters must not have code_challenge:", options => options.AdditionalAuthorizationParameters["code_challenge"] = "mine" },
        { "RevokeOnSignOut needs SaveTokens", options => (options.SaveTokens, options.AutomaticRefresh) = (false, false) },
        { "AutomaticRefresh needs SaveTokens", options => (options.SaveTokens, options.RevokeOnSignOut) = (false, false) },
        { "BackchannelTimeout has to be", options => options.BackchannelTimeout = TimeSpan.Zero },
        { "BackchannelTimeout has to be", options => options.BackchannelTimeout = TimeSpan.FromDays(25) },
        { "RevocationTimeout has to be", options => options.RevocationTimeout = Timeout.InfiniteTimeSpan },
        { "RevocationTimeout has to be", options => options.RevocationTimeout = TimeSpan.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_explained_by_its_name(string explanation, Action<BinanceAuthenticationOptions> configure)
    {
        var options = Valid();
        configure(options);

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Partner"));

        Assert.StartsWith(explanation, Assert.Single(exception.Failures), StringComparison.Ordinal);
        Assert.Equal("Partner", exception.OptionsName);
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        var options = new BinanceAuthenticationOptions { TokenEndpoint = "nowhere", SaveTokens = false, Locale = "x" };

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        Assert.Equal(
            ["ClientId", "ClientSecret", "TokenEndpoint", "Locale:", "RevokeOnSignOut", "AutomaticRefresh"],
            exception.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public void A_missing_client_says_where_to_set_it()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => new BinanceAuthenticationOptions().Validate("Partner"));

        Assert.Contains("Authentication:Schemes:Partner:ClientId", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Authentication:Schemes:Partner:ClientSecret", exception.Message, StringComparison.Ordinal);
        Assert.Contains("IsPublicClient", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_the_wrong_place_is_not_repeated()
    {
        var options = Valid();
        options.TokenEndpoint = "hunter2-in-the-wrong-place";

        var exception = Assert.Throws<OptionsValidationException>(() => options.Validate("Binance"));

        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_must_not_sign_in_to_itself()
    {
        var options = Valid();
        options.SignInScheme = "Binance";

        Assert.Throws<InvalidOperationException>(() => options.Validate("Binance"));
    }

    [Fact]
    public void The_check_without_a_name_is_the_check_of_the_default_scheme()
    {
        var exception = Assert.Throws<OptionsValidationException>(new BinanceAuthenticationOptions().Validate);

        Assert.Equal("Binance", exception.OptionsName);
    }

    [Fact]
    public void A_confidential_client_and_a_public_one_are_both_valid()
    {
        var confidential = Valid();
        confidential.UsePkce = false;
        var mobile = Valid();
        (mobile.IsPublicClient, mobile.ClientSecret) = (true, null!);

        confidential.Validate("Binance");
        mobile.Validate("Binance");
    }

    private static BinanceAuthenticationOptions Valid() => new() { ClientId = "client", ClientSecret = "secret" };
}
