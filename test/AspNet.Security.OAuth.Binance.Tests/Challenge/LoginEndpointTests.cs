using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// .NET 10 marks each endpoint that may respond with JSON, actions of an <c>[ApiController]</c> and results such as
/// <c>Results&lt;ChallengeHttpResult, BadRequest&lt;string&gt;&gt;</c> among them. A login endpoint can be one: a person opens it, and it names the
/// scheme and the return URL.
/// </summary>
public sealed class LoginEndpointTests
{
    private static readonly (string Name, string Value)[] _navigation = [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];

    [Theory]
    [InlineData("/api/account/login")]
    [InlineData("/login-or-bad-request")]
    [InlineData("/login-or-ok")]
    [InlineData("/login-or-problem")]
    public async Task A_person_signs_in_by_a_login_endpoint_that_may_respond_with_json(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);
        var browser = site.Browser();

        var challenge = await browser.GetAsync(path, _navigation);

        Assert.NotNull(MetadataOf(site, path).GetMetadata<IDisableCookieRedirectMetadata>());
        Assert.Equal(HttpStatusCode.Redirect, challenge.Status);
        var back = await browser.ReturnWithCodeAsync(new AuthorizeRequest(challenge.Location!));
        Assert.Equal("/orders", back.Location?.OriginalString);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("/api/account/login")]
    [InlineData("/login-or-bad-request")]
    public async Task A_script_that_fetches_such_an_endpoint_is_unauthorized(string path)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, Configure);

        var response = await site.Browser().GetAsync(path, ("Sec-Fetch-Mode", "cors"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static void Configure(SiteSetup setup)
    {
        setup.Authentication = schemes => schemes.Services.AddControllers()
            .ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new OneController()));
        setup.UseEndpoints(endpoints =>
        {
            endpoints.MapControllers();
            endpoints.MapGet("/login-or-bad-request", Results<ChallengeHttpResult, BadRequest<string>> (string? returnUrl)
                => returnUrl is null or ['/', ..] ? Challenge() : TypedResults.BadRequest("returnUrl"));
            endpoints.MapGet("/login-or-ok", Results<ChallengeHttpResult, Ok> (HttpContext context)
                => context.User.Identity is { IsAuthenticated: true } ? TypedResults.Ok() : Challenge());
            endpoints.MapGet("/login-or-problem", Results<ChallengeHttpResult, ProblemHttpResult> () => Challenge());
        });
    }

    private static ChallengeHttpResult Challenge() => TypedResults.Challenge(new() { RedirectUri = "/orders" }, ["Binance"]);

    private static EndpointMetadataCollection MetadataOf(TestSite site, string path) => site.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>().Single(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/') == path.TrimStart('/')).Metadata;

    [ApiController]
    [Route("api/account")]
    private sealed class AccountController : ControllerBase
    {
        [HttpGet("login")]
        public ChallengeResult Login() => Challenge(new AuthenticationProperties { RedirectUri = "/orders" }, "Binance");
    }

    private sealed class OneController : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature)
        {
            feature.Controllers.Clear();
            feature.Controllers.Add(typeof(AccountController).GetTypeInfo());
        }
    }
}
