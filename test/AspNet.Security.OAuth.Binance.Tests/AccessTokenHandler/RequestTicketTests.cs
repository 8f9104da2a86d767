using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// <c>AddBinanceAccessToken</c> in an application with several cookies: the token of the ticket that the request is signed in with is sent.
/// </summary>
public sealed class RequestTicketTests : IDisposable
{
    private const string OtherUser = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

    private readonly CalledApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Token_is_sent_when_the_session_is_in_another_cookie_than_the_sign_in()
    {
        await using var site = await StartAsync(setup => setup.Binance = options => options.SignInScheme = "External");
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/move?from=External&to=Cookies");

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, Assert.Single(_api.Sent));
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [InlineData("/members")]
    [InlineData("/everybody")]
    public async Task Token_of_the_cookie_that_authorization_names_is_sent(string endpoint)
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/move?from=Cookies&to=Members");

        Assert.Equal("called", (await browser.GetAsync("/authorized" + endpoint)).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync("Members")).AccessToken, Assert.Single(_api.Sent));
    }

    [Fact]
    public async Task Token_in_another_cookie_is_refreshed_before_it_is_sent()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/move?from=Cookies&to=Members");
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Equal("called", (await browser.GetAsync("/authorized/members")).Body);

        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(_api.Sent)!["Bearer ".Length..]));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Token_of_the_request_s_user_is_sent_when_two_cookies_have_two_users()
    {
        await using var site = await StartAsync(setup => setup.Binance = options => options.SignInScheme = "External");
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/move?from=External&to=Cookies");
        await SignInAsOtherUserAsync(site, browser);
        var (own, others) = ((await browser.SessionAsync()).AccessToken, (await browser.SessionAsync("External")).AccessToken);

        await browser.GetAsync("/call");
        await browser.GetAsync("/authorized/external");
        await browser.GetAsync("/authorized/everybody");

        Assert.NotEqual(own, others);
        Assert.Equal(["Bearer " + own, "Bearer " + others, "Bearer " + others], _api.Sent);
    }

    // The page runs before the authentication middleware.
    [Fact]
    public async Task Session_of_the_scheme_is_used_when_no_middleware_authenticates()
    {
        await using var site = await StartAsync();
        var browser = await site.SignedInAsync();

        Assert.Equal("called", (await browser.GetAsync("/before")).Body);
        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, Assert.Single(_api.Sent));
        await browser.GetAsync("/sign-out");

        Assert.Contains("nobody is signed in", (await browser.GetAsync("/before")).Body, StringComparison.Ordinal);
        Assert.Single(_api.Sent);
    }

    [Fact]
    public async Task Default_cookie_is_used_when_no_middleware_authenticates_and_the_scheme_has_no_session()
    {
        await using var site = await StartAsync(setup => setup.Binance = options => options.SignInScheme = "External");
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/move?from=External&to=Cookies");
        var own = (await browser.SessionAsync()).AccessToken;

        Assert.Equal("called", (await browser.GetAsync("/before")).Body);
        await SignInAsOtherUserAsync(site, browser);
        Assert.Equal("called", (await browser.GetAsync("/before")).Body);

        Assert.Equal(["Bearer " + own, "Bearer " + (await browser.SessionAsync("External")).AccessToken], _api.Sent);
    }

    [Fact]
    public async Task Session_of_the_scheme_is_used_when_the_default_cookie_has_no_user()
    {
        await using var site = await StartAsync(setup => setup.Binance = options => options.SignInScheme = "External");
        var browser = await site.SignedInAsync();

        Assert.Equal("called", (await browser.GetAsync("/call")).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync("External")).AccessToken, Assert.Single(_api.Sent));
    }

    // A user signs in with a password in a browser in which another user's sign-in with Binance is unfinished.
    [Theory]
    [InlineData(null)]
    [InlineData("Elsewhere")]
    public async Task User_of_the_application_s_own_login_does_not_get_the_token_of_another_cookie(string? provider)
    {
        await using var site = await StartAsync(setup => setup.Binance = options => options.SignInScheme = "External");
        var browser = await site.SignedInAsync();
        var ticket = new AuthenticationProperties { Items = { [".AuthScheme"] = provider } };
        ticket.StoreTokens([new() { Name = "access_token", Value = "token-of-another-provider" }]);
        await browser.AdoptAsync(ticket);

        Assert.Contains(nameof(AuthorizeAttribute.AuthenticationSchemes), (await browser.GetAsync("/call")).Body, StringComparison.Ordinal);
        Assert.Empty(_api.Sent);

        // A request whose authorization policy names both cookies has both identities.
        Assert.Equal("called", (await browser.GetAsync("/authorized/everybody")).Body);
        Assert.Equal("Bearer " + (await browser.SessionAsync("External")).AccessToken, Assert.Single(_api.Sent));
    }

    [Theory]
    [InlineData("identity", true)]
    [InlineData("nameless", true)]
    [InlineData("claims", true)]
    [InlineData("somebody", false)]
    [InlineData("namesake", false)]
    [InlineData("nobody", false)]
    public async Task User_that_the_application_has_set_gets_the_token_only_if_it_is_the_same_user(string user, bool isSent)
    {
        await using var site = await StartAsync(setup =>
        {
            setup.AfterAuthentication = app => app.Use((context, next) =>
            {
                context.User = context.Request.Path == "/call" ? Replaced(context.User, user) : context.User;
                return next(context);
            });
            if (user is "nameless")
            {
                setup.Binance = options => options.ClaimActions.Remove(ClaimTypes.NameIdentifier);
            }
        });
        var browser = await site.SignedInAsync();

        var body = (await browser.GetAsync("/call")).Body;

        Assert.Equal(isSent, body == "called");
        Assert.Equal(isSent ? ["Bearer " + (await browser.SessionAsync()).AccessToken] : [], _api.Sent);
    }

    [Theory]
    [InlineData("/call")]
    [InlineData("/authorized/members")]
    public async Task User_that_a_claims_transformation_copies_gets_the_token(string path)
    {
        await using var site = await StartAsync(setup => setup.Services += services => services.AddSingleton<IClaimsTransformation, Copying>());
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/copy?from=Cookies&to=Members");

        Assert.Equal("called", (await browser.GetAsync(path)).Body);

        Assert.Equal("Bearer " + (await browser.SessionAsync()).AccessToken, Assert.Single(_api.Sent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_of_two_schemes_on_two_cookies_send_their_own_tokens(bool isSameUser)
    {
        await using var site = await StartAsync(setup =>
        {
            setup.Authentication += builder => builder.AddSecondBinance(setup.Server, "Members");
            setup.Services += services => services.AddHttpClient("second", client => client.BaseAddress = new Uri(_api.Url)).AddBinanceAccessToken("Second");
            setup.Pages["/call-second"] = async context => await context.Response.WriteAsync(await TextAsync(context, "second"), context.RequestAborted);
        });
        site.AddSecondClient();
        var browser = await site.SignedInAsync();
        AddOtherUser(site);
        site.Emulator.Options.AutoApproveUser = isSameUser ? null : OtherUser;
        await browser.SignInAsync(scheme: "Second");
        var (first, second) = ((await browser.SessionAsync()).AccessToken, (await browser.SessionAsync("Members")).AccessToken);

        await browser.GetAsync("/call");
        await browser.GetAsync("/call-second");

        Assert.Equal(isSameUser ? ["Bearer " + first, "Bearer " + second] : ["Bearer " + first], _api.Sent);
    }

    private static ClaimsPrincipal Replaced(ClaimsPrincipal user, string by) => by switch
    {
        "identity" or "nameless" => new([new ClaimsIdentity([new("more", "yes")], "added"), .. user.Identities]),
        "claims" => new(new ClaimsIdentity([.. user.Claims, new("more", "yes")], "copied")),
        "somebody" => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "somebody", null, "Binance")], "other")),
        "namesake" => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", null, "Elsewhere")], "other")),
        _ => new(new ClaimsIdentity()),
    };

    private static void AddOtherUser(TestSite site) => site.Emulator.Users.Add(new() { UserId = OtherUser, Label = "Other" });

    private static async Task SignInAsOtherUserAsync(TestSite site, SiteBrowser browser)
    {
        AddOtherUser(site);
        site.Emulator.Options.AutoApproveUser = OtherUser;
        await browser.SignInAsync();
    }

    private static async Task<string> TextAsync(HttpContext context, string name)
    {
        using var client = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(name);
        try
        {
            return await client.GetStringAsync("things", context.RequestAborted);
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    // Signs in to a second cookie with the ticket of the first, as an application does after an external sign-in.
    private static async Task CopyAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync(context.Request.Query["from"]);
        await context.SignInAsync(context.Request.Query["to"], ticket.Principal!, ticket.Properties);
    }

    private static async Task MoveAsync(HttpContext context)
    {
        await CopyAsync(context);
        await context.SignOutAsync(context.Request.Query["from"]);
    }

    private Task<TestSite> StartAsync(Action<SiteSetup>? configure = null) => _api.StartAsync(setup =>
    {
        setup.Authentication = static builder => builder.AddCookie("Members").AddCookie("External");
        setup.Services += static services => services.AddRouting().AddAuthorization();
        setup.Pages["/copy"] = CopyAsync;
        setup.Pages["/move"] = MoveAsync;
        setup.BeforeAuthentication = app => app.Map("/before", branch => branch.Run(setup.Pages["/call"]));
        configure?.Invoke(setup);
        setup.AfterAuthentication += app => app.UseRouting().UseAuthorization().UseEndpoints(endpoints =>
        {
            foreach (var (path, cookies) in new[] { ("members", "Members"), ("external", "External"), ("everybody", "External,Cookies,Members") })
            {
                endpoints.MapGet("/authorized/" + path, setup.Pages["/call"]).RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = cookies });
            }
        });
    });

    private sealed class Copying : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Task.FromResult(principal.Clone());
    }
}
