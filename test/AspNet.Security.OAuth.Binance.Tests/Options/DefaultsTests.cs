using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

public sealed class DefaultsTests
{
    [Fact]
    public void Options_start_with_the_documented_values()
    {
        var options = new BinanceAuthenticationOptions();

        Assert.Equal("https://accounts.binance.com/en/oauth/authorize", options.AuthorizationEndpoint);
        Assert.Equal("https://accounts.binance.com/oauth/token", options.TokenEndpoint);
        Assert.Equal("https://www.binanceapis.com/oauth-api/v1/user-info", options.UserInformationEndpoint);
        Assert.Equal("https://www.binanceapis.com/oauth-api/v1/revoke-token", options.RevocationEndpoint);
        Assert.Equal("/signin-binance", options.CallbackPath);
        Assert.Equal("Binance", options.ClaimsIssuer);
        Assert.Equal(["user:openId"], options.Scope);
        Assert.Equal("en", options.Locale);
        Assert.True(options.UsePkce);
        Assert.True(options.SaveTokens);
        Assert.True(options.RevokeOnSignOut);
        Assert.False(options.IsPublicClient);
        Assert.False(options.FailurePath.HasValue);
        Assert.False(options.AccessDeniedPath.HasValue);
        Assert.Equal(TimeSpan.FromSeconds(10), options.BackchannelTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.RevocationTimeout);
        Assert.Equal(SameSiteMode.Lax, options.CorrelationCookie.SameSite);
        Assert.Equal(CookieSecurePolicy.SameAsRequest, options.CorrelationCookie.SecurePolicy);
        Assert.Equal([ClaimTypes.NameIdentifier, ClaimTypes.Email], options.ClaimActions.Select(action => action.ClaimType));
    }

    [Fact]
    public void Defaults_and_scopes_are_the_documented_names()
    {
        Assert.Equal("Binance", BinanceAuthenticationDefaults.AuthenticationScheme);
        Assert.Equal("Binance", BinanceAuthenticationDefaults.DisplayName);
        Assert.Equal("Binance", BinanceAuthenticationDefaults.Issuer);
        Assert.Equal("/signin-binance", BinanceAuthenticationDefaults.CallbackPath);
        Assert.Equal("user:openId", BinanceAuthenticationConstants.Scopes.OpenId);
        Assert.Equal("user:email", BinanceAuthenticationConstants.Scopes.Email);
        Assert.Equal("create:apikey", BinanceAuthenticationConstants.Scopes.CreateApiKey);
    }

    [Fact]
    public async Task Each_overload_adds_its_scheme()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddAuthentication()
            .AddBinance("Second", _ => { })
            .AddBinance("Third", "The third", _ => { })
            .AddBinance("Hidden", null, _ => { })
            .AddBinance(_ => { });
        await using var provider = services.BuildServiceProvider();
        var schemes = await provider.GetRequiredService<IAuthenticationSchemeProvider>().GetAllSchemesAsync();

        Assert.Equal(
            [("Second", "Binance"), ("Third", "The third"), ("Hidden", null), ("Binance", "Binance")],
            schemes.Select(scheme => (scheme.Name, scheme.DisplayName)));
        Assert.All(schemes, scheme => Assert.Equal(typeof(BinanceAuthenticationHandler), scheme.HandlerType));
    }

    [Fact]
    public void AddBinance_refuses_invalid_arguments()
    {
        var builder = new ServiceCollection().AddAuthentication();

        Assert.Throws<ArgumentNullException>(() => ((AuthenticationBuilder)null!).AddBinance());
        Assert.Throws<ArgumentNullException>(() => builder.AddBinance(null!));
        Assert.Throws<ArgumentNullException>(() => builder.AddBinance(null!, _ => { }));
        Assert.Throws<ArgumentException>(() => builder.AddBinance(string.Empty, _ => { }));
    }

    [Theory]
    [InlineData("http://localhost:5210")]
    [InlineData("http://localhost:5210/")]
    public void UseServer_sets_all_four_endpoints(string address)
    {
        var options = new BinanceAuthenticationOptions();

        options.UseServer(new Uri(address));

        Assert.Equal("http://localhost:5210/en/oauth/authorize", options.AuthorizationEndpoint);
        Assert.Equal("http://localhost:5210/oauth/token", options.TokenEndpoint);
        Assert.Equal("http://localhost:5210/oauth-api/v1/user-info", options.UserInformationEndpoint);
        Assert.Equal("http://localhost:5210/oauth-api/v1/revoke-token", options.RevocationEndpoint);
    }

    [Fact]
    public void UseServer_accepts_a_path()
    {
        var options = new BinanceAuthenticationOptions();

        options.UseServer(new Uri("https://stub.example.com/binance/"));

        Assert.Equal("https://stub.example.com/binance/en/oauth/authorize", options.AuthorizationEndpoint);
        Assert.Equal("https://stub.example.com/binance/oauth/token", options.TokenEndpoint);
    }

    [Theory]
    [InlineData("/binance")]
    [InlineData("ftp://stub.example.com")]
    [InlineData("https://stub.example.com/?x=1")]
    [InlineData("https://stub.example.com/#x")]
    public void UseServer_refuses_an_address_that_is_not_http_or_has_a_query_or_a_fragment(string address)
    {
        var options = new BinanceAuthenticationOptions();

        Assert.Throws<ArgumentException>(() => options.UseServer(new Uri(address, UriKind.RelativeOrAbsolute)));
        Assert.Equal(BinanceAuthenticationDefaults.TokenEndpoint, options.TokenEndpoint);
    }

    [Fact]
    public void UseServer_refuses_null()
        => Assert.Throws<ArgumentNullException>(() => new BinanceAuthenticationOptions().UseServer(null!));
}
