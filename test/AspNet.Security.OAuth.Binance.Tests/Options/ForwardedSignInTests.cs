using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Options;

/// <summary>
/// Policy schemes as the sign-in scheme: they sign in only by forwarding to another scheme.
/// </summary>
public sealed class ForwardedSignInTests
{
    private const string Bearer = JwtBearerDefaults.AuthenticationScheme;
    private const string Cookies = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string Policy = "Policy";
    private const string Other = "Other";

    private static readonly Dictionary<string, (Action<PolicySchemeOptions> Policy, Action<PolicySchemeOptions> Other)> _working = new()
    {
        ["ForwardSignIn"] = (options => options.ForwardSignIn = Cookies, Nowhere),
        ["ForwardDefault"] = (options => options.ForwardDefault = Cookies, Nowhere),
        ["ForwardSignIn beside another ForwardDefault"] = (options => (options.ForwardSignIn, options.ForwardDefault) = (Cookies, Bearer), Nowhere),
        ["ForwardDefaultSelector"] = (options => options.ForwardDefaultSelector = _ => Cookies, Nowhere),
        ["ForwardDefaultSelector beside another ForwardDefault"] = (options => (options.ForwardDefaultSelector, options.ForwardDefault) = (_ => Cookies, Bearer), Nowhere),
        ["ForwardDefaultSelector that leaves it to ForwardDefault"] = (options => (options.ForwardDefaultSelector, options.ForwardDefault) = (_ => null, Cookies), Nowhere),
        ["a policy that forwards to a policy"] = (options => options.ForwardDefault = Other, options => options.ForwardSignIn = Cookies),
    };

    private static readonly Dictionary<string, (Action<PolicySchemeOptions> Policy, Action<PolicySchemeOptions> Other)> _broken = new()
    {
        ["nowhere"] = (Nowhere, Nowhere),
        ["nowhere for a sign-in"] = (options => (options.ForwardAuthenticate, options.ForwardChallenge) = (Cookies, Cookies), Nowhere),
        ["ForwardSignIn to a bearer token"] = (options => options.ForwardSignIn = Bearer, Nowhere),
        ["ForwardSignIn to a bearer token beside another ForwardDefault"] = (options => (options.ForwardSignIn, options.ForwardDefault) = (Bearer, Cookies), Nowhere),
        ["ForwardSignIn to a bearer token beside a selector"] = (options => (options.ForwardSignIn, options.ForwardDefaultSelector) = (Bearer, _ => Cookies), Nowhere),
        ["ForwardDefault to a bearer token"] = (options => options.ForwardDefault = Bearer, Nowhere),
        ["itself"] = (options => options.ForwardDefault = Policy, Nowhere),
        ["a policy that forwards nowhere"] = (options => options.ForwardDefault = Other, Nowhere),
        ["a policy that forwards to a bearer token"] = (options => options.ForwardSignIn = Other, options => options.ForwardDefault = Bearer),
        ["a policy that forwards back"] = (options => options.ForwardDefault = Other, options => options.ForwardDefault = Policy),
    };

    public static TheoryData<string> Working => [.. _working.Keys];

    public static TheoryData<string> Broken => [.. _broken.Keys];

    [Theory]
    [MemberData(nameof(Working))]
    public async Task A_policy_scheme_signs_in_where_it_forwards_to(string forward)
    {
        var (policy, other) = _working[forward];
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, policy, other, isDefault: false);
        await using var byDefault = await StartAsync(binance, policy, other, isDefault: true);

        await AssertSignsInAsync(site);
        await AssertSignsInAsync(byDefault);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_policy_scheme_that_cannot_sign_in_is_refused_at_start(string forward)
    {
        var (policy, other) = _broken[forward];
        using var binance = new BinanceStub();

        foreach (var isDefault in (bool[])[false, true])
        {
            var exception = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
            {
                await using var site = await StartAsync(binance, policy, other, isDefault);
            });

            Assert.Contains(nameof(BinanceAuthenticationOptions.SignInScheme), Assert.Single(exception.Failures), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_policy_scheme_that_forwards_to_an_unknown_scheme_is_not_checked_at_start(bool bySelector)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(
            binance, options => _ = bySelector ? options.ForwardDefaultSelector = _ => "Late" : (object)(options.ForwardSignIn = "Late"), Nowhere, isDefault: false);
        site.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("Late", null, typeof(CookieAuthenticationHandler)));
        var browser = site.Browser();

        await browser.SignInAsync("/orders");

        Assert.Equal(Responses.UserId, (await browser.SessionAsync("Late")).UserId);
    }

    [Fact]
    public async Task A_forward_selector_is_not_called_at_start()
    {
        using var binance = new BinanceStub();
        var calls = 0;
        await using var site = await StartAsync(
            binance,
            options => options.ForwardDefaultSelector = _ =>
            {
                calls++;
                return Cookies;
            },
            Nowhere,
            isDefault: false);

        Assert.Equal(0, calls);
        await AssertSignsInAsync(site);
    }

    private static void Nowhere(PolicySchemeOptions options)
    {
    }

    private static Task<TestSite> StartAsync(
        BinanceStub binance, Action<PolicySchemeOptions> policy, Action<PolicySchemeOptions> other, bool isDefault)
        => TestSite.StartAsync(binance, setup =>
        {
            setup.Schemes = services => services.AddAuthentication(options => options.DefaultSignInScheme = isDefault ? Policy : null)
                .AddPolicyScheme(Policy, null, policy)
                .AddPolicyScheme(Other, null, other)
                .AddJwtBearer()
                .AddCookie();
            setup.Binance = options => options.SignInScheme = isDefault ? null : Policy;
        });

    private static async Task AssertSignsInAsync(TestSite site)
    {
        var browser = site.Browser();

        var response = await browser.SignInAsync("/orders");

        Assert.Equal("/orders", response.Location!.OriginalString);
        Assert.Equal(Responses.UserId, (await browser.SessionAsync(Cookies)).UserId);
    }
}
