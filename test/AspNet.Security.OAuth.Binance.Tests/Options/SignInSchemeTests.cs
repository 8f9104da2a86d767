using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// The sign-in scheme. One that cannot sign in would fail each sign-in after the code is used.
/// </summary>
public sealed class SignInSchemeTests
{
    private const string Bearer = JwtBearerDefaults.AuthenticationScheme;
    private const string Cookies = CookieAuthenticationDefaults.AuthenticationScheme;

    private static readonly Dictionary<string, (Func<IServiceCollection, AuthenticationBuilder> Schemes, string? SignInScheme)> _refused = new()
    {
        ["no other scheme"] = (services => services.AddAuthentication(), null),
        ["a cookie that is no default"] = (services => services.AddAuthentication().AddCookie(), null),
        ["two cookies that are no default"] = (services => services.AddAuthentication().AddCookie("one").AddCookie("two"), null),
        ["a bearer token as the default"] = (services => services.AddAuthentication(Bearer).AddJwtBearer(), null),
        ["a bearer token as the default beside a cookie"] = (services => services.AddAuthentication(Bearer).AddJwtBearer().AddCookie(), null),
        ["a bearer token as the default sign-in scheme"] = (services => services.AddAuthentication(AllButSignIn).AddCookie().AddJwtBearer(), null),
        ["a bearer token by name"] = (services => services.AddAuthentication(Cookies).AddCookie().AddJwtBearer(), Bearer),
        ["another remote scheme by name"] = (services => services.AddAuthentication(Cookies).AddCookie().AddBinance("Partner", Partner), "Partner"),
        ["an application's own handler by name"] = (services => services.AddAuthentication(Cookies).AddCookie().AddScheme<AuthenticationSchemeOptions, ReadingHandler>("Own", null), "Own"),
    };

    private static readonly Dictionary<string, (Func<IServiceCollection, AuthenticationBuilder> Schemes, string? SignInScheme, string Session)> _accepted = new()
    {
        ["a cookie as the default"] = (services => services.AddAuthentication(Cookies).AddCookie(), null, Cookies),
        ["a cookie by name"] = (services => services.AddAuthentication().AddCookie(), Cookies, Cookies),
        ["a cookie by name beside a bearer token as the default"] = (services => services.AddAuthentication(Bearer).AddJwtBearer().AddCookie(), Cookies, Cookies),
        ["a cookie as the default sign-in scheme"] = (services => services.AddAuthentication(SignInWithACookie).AddJwtBearer().AddCookie(), null, Cookies),
        ["Identity"] = (AddIdentity, null, IdentityConstants.ExternalScheme),
        ["Identity's core with its cookies"] = (AddIdentityCore, null, IdentityConstants.ExternalScheme),
        ["Identity's API endpoints with the external cookie by name"] = (AddIdentityApi, IdentityConstants.ExternalScheme, IdentityConstants.ExternalScheme),
        ["Identity's own cookie by name"] = (AddIdentity, IdentityConstants.ApplicationScheme, IdentityConstants.ApplicationScheme),
    };

    public static TheoryData<string> Refused => [.. _refused.Keys];

    public static TheoryData<string> Accepted => [.. _accepted.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_scheme_that_cannot_sign_in_is_refused_at_start_by_the_option_s_name(string setUp)
    {
        var (schemes, signInScheme) = _refused[setUp];
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var site = await StartAsync(binance, schemes, signInScheme);
        });

        var failure = Assert.Single(exception.Failures);
        Assert.Contains(nameof(BinanceAuthenticationOptions.SignInScheme), failure, StringComparison.Ordinal);
        Assert.Contains("'Binance'", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scheme_that_cannot_sign_in_is_named()
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StartAsync(binance, services => services.AddAuthentication(Bearer).AddJwtBearer(), null));

        Assert.Contains($"'{Bearer}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_scheme_of_binance_is_checked()
    {
        using var binance = new BinanceStub();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            binance,
            services => services.AddAuthentication(Cookies).AddCookie().AddJwtBearer().AddBinance("Partner", options =>
            {
                Partner(options);
                options.SignInScheme = Bearer;
            }),
            null));

        var failure = Assert.Single(exception.Failures);
        Assert.Contains(nameof(BinanceAuthenticationOptions.SignInScheme), failure, StringComparison.Ordinal);
        Assert.Contains("'Partner'", failure, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_sign_in_ends_at_the_scheme_that_is_set_up_for_it(string setUp)
    {
        var (schemes, signInScheme, session) = _accepted[setUp];
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, schemes, signInScheme);

        await AssertSignsInAsync(site, session);
    }

    [Fact]
    public async Task Schemes_that_are_added_after_binance_are_accepted()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.Schemes = services => services.AddAuthentication();
            setup.Authentication = authentication => AddIdentity(authentication.Services);
        });

        await AssertSignsInAsync(site, IdentityConstants.ExternalScheme);
    }

    [Fact]
    public async Task A_sign_in_handler_of_the_application_is_accepted()
    {
        using var binance = new BinanceStub();
        var users = new List<string?>();
        await using var site = await TestSite.StartAsync(binance, setup =>
        {
            setup.ServicesBefore = services => services.AddSingleton(users);
            setup.Schemes = services => services.AddAuthentication("Own").AddScheme<AuthenticationSchemeOptions, SigningInHandler>("Own", null);
        });

        var response = await site.Browser().SignInAsync("/orders");

        Assert.Equal("/orders", response.Location!.OriginalString);
        Assert.Equal([Responses.UserId], users);
    }

    [Fact]
    public async Task A_scheme_that_is_registered_while_the_application_runs_is_found()
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, services => services.AddAuthentication().AddCookie(), "Late");
        site.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("Late", null, typeof(CookieAuthenticationHandler)));

        await AssertSignsInAsync(site, "Late");
    }

    private static Task<TestSite> StartAsync(BinanceStub binance, Func<IServiceCollection, AuthenticationBuilder> schemes, string? signInScheme)
        => TestSite.StartAsync(binance, setup =>
        {
            setup.Schemes = schemes;
            setup.Binance = options => options.SignInScheme = signInScheme;
        });

    private static async Task AssertSignsInAsync(TestSite site, string scheme)
    {
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        Assert.Equal((HttpStatusCode.Redirect, "/orders"), (response.Status, response.Location!.OriginalString));
        Assert.Equal(Responses.UserId, (await browser.SessionAsync(scheme)).UserId);
        Assert.Empty(site.Failures);
    }

    private static void AllButSignIn(AuthenticationOptions options) => (options.DefaultScheme, options.DefaultSignInScheme) = (Cookies, Bearer);

    private static void SignInWithACookie(AuthenticationOptions options) => (options.DefaultScheme, options.DefaultSignInScheme) = (Bearer, Cookies);

    private static void Partner(BinanceAuthenticationOptions options)
        => (options.ClientId, options.ClientSecret, options.CallbackPath) = ("id", "secret", "/signin-partner");

    private static AuthenticationBuilder AddIdentity(IServiceCollection services)
    {
        services.AddIdentity<IdentityUser, IdentityRole>();
        WithoutStamps(services);
        return services.AddAuthentication();
    }

    // As the template of Blazor does.
    private static AuthenticationBuilder AddIdentityCore(IServiceCollection services)
    {
        services.AddIdentityCore<IdentityUser>().AddSignInManager();
        WithoutStamps(services);
        var authentication = services.AddAuthentication(options =>
        {
            options.DefaultScheme = IdentityConstants.ApplicationScheme;
            options.DefaultSignInScheme = IdentityConstants.ExternalScheme;
        });
        authentication.AddIdentityCookies();
        return authentication;
    }

    private static AuthenticationBuilder AddIdentityApi(IServiceCollection services)
    {
        services.AddIdentityApiEndpoints<IdentityUser>();
        return services.AddAuthentication();
    }

    // A security stamp is read from a database, which these sites do not have.
    private static void WithoutStamps(IServiceCollection services)
        => services.Configure<CookieAuthenticationOptions>(
            IdentityConstants.ApplicationScheme, options => options.Events.OnValidatePrincipal = _ => Task.CompletedTask);

    private class ReadingHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }

    private sealed class SigningInHandler(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, List<string?> users)
        : ReadingHandler(options, logger, encoder), IAuthenticationSignInHandler
    {
        public Task SignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
        {
            users.Add(user.FindFirstValue(ClaimTypes.NameIdentifier));
            return Task.CompletedTask;
        }

        public Task SignOutAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }
}
