using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A path base may come from a header of a proxy. A <c>Location</c> that begins with two slashes, or with a slash and a backslash,
/// names another host (WHATWG URL, "relative slash state").
/// </summary>
public sealed class PathBaseTests
{
    public static TheoryData<string, bool> Bases
    {
        get
        {
            var bases = new TheoryData<string, bool>();
            foreach (var pathBase in new[] { "//evil.example", "/\\evil.example", "///evil", "/\\/evil.example", "//\\evil.example", "//evil.example/app" })
            {
                bases.Add(pathBase, false);
                bases.Add(pathBase, true);
            }

            return bases;
        }
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public async Task A_failed_sign_in_redirects_to_this_site(string pathBase, bool byMiddleware)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, pathBase, byMiddleware);

        var response = await GetAsync(site, Below(pathBase, byMiddleware, "/signin-binance"), "?state=garbage");

        AssertLocal(response, "/failed?failure=invalid_state");
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public async Task A_failed_sign_in_with_a_genuine_state_redirects_to_this_site(string pathBase, bool byMiddleware)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, string.Empty, 503);
        await using var site = await StartAsync(binance, pathBase, byMiddleware);

        var response = await ReturnAsync(site, pathBase, byMiddleware, ("code", SiteBrowser.Code));

        AssertLocal(response, "/failed?failure=unavailable&returnUrl=");
        var location = response.Headers.Location.ToString();
        var returnUrl = QueryHelpers.ParseQuery(location[location.IndexOf('?', StringComparison.Ordinal)..])["returnUrl"].Single();
        Assert.Matches(@"^/(?![/\\])", returnUrl);
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public async Task A_cancelled_sign_in_redirects_to_this_site(string pathBase, bool byMiddleware)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, pathBase, byMiddleware, options => options.AccessDeniedPath = "/denied");

        var response = await ReturnAsync(site, pathBase, byMiddleware, ("error", "access_denied"));

        AssertLocal(response, "/denied?ReturnUrl=");
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public async Task A_sign_in_returns_to_the_page_that_required_it_on_this_site(string pathBase, bool byMiddleware)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, pathBase, byMiddleware);

        var response = await ReturnAsync(site, pathBase, byMiddleware, ("code", SiteBrowser.Code));

        AssertLocal(response, "/orders?page=2");
        Assert.Single(binance.TokenRequests);
    }

    // The same with a path base as sites have them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_path_base_of_one_segment_is_kept(bool byMiddleware)
    {
        using var binance = new BinanceStub();
        await using var site = await StartAsync(binance, "/shop", byMiddleware);

        var failed = await GetAsync(site, Below("/shop", byMiddleware, "/signin-binance"), "?state=garbage");
        var signedIn = await ReturnAsync(site, "/shop", byMiddleware, ("code", SiteBrowser.Code));

        Assert.Equal("/shop/failed?failure=invalid_state", failed.Headers.Location);
        Assert.Equal("/shop/orders?page=2", signedIn.Headers.Location);
    }

    private static Task<TestSite> StartAsync(
        BinanceStub binance, string pathBase, bool byMiddleware, Action<BinanceAuthenticationOptions>? configure = null)
        => TestSite.StartAsync(binance, setup =>
        {
            setup.Binance = configure ?? setup.Binance;
            setup.Pages["/orders"] = context => context.ChallengeAsync(BinanceAuthenticationDefaults.AuthenticationScheme);
            setup.BeforeAuthentication = app =>
            {
                if (byMiddleware)
                {
                    app.Use((context, next) =>
                    {
                        context.Request.PathBase = pathBase;
                        return next(context);
                    });
                }
                else
                {
                    app.UsePathBase(pathBase);
                }
            };
        });

    /// <summary>Opens a page that needs a user, and returns from Binance.</summary>
    private static async Task<HttpResponse> ReturnAsync(TestSite site, string pathBase, bool byMiddleware, (string Name, string Value) result)
    {
        var challenge = await GetAsync(site, Below(pathBase, byMiddleware, "/orders"), "?page=2");
        var request = new AuthorizeRequest(new Uri(challenge.Headers.Location.ToString()));
        var cookies = SetCookieHeaderValue.ParseList(challenge.Headers.SetCookie.ToArray()!).Select(cookie => $"{cookie.Name}={cookie.Value}");
        return await GetAsync(
            site,
            Below(pathBase, byMiddleware, "/signin-binance"),
            QueryString.Create(result.Name, result.Value).Add("state", request.State).ToString(),
            string.Join("; ", cookies));
    }

    private static string Below(string pathBase, bool byMiddleware, string path) => byMiddleware ? path : pathBase + path;

    // HttpClient would parse such a path as a host.
    private static async Task<HttpResponse> GetAsync(TestSite site, string path, string query, string? cookies = null)
    {
        var context = await site.Server.SendAsync(
            context =>
            {
                (context.Request.Scheme, context.Request.Host) = ("https", new HostString("site.example"));
                (context.Request.Path, context.Request.QueryString) = (path, new QueryString(query));
                context.Request.Headers.Cookie = cookies;
            },
            TestContext.Current.CancellationToken);
        return context.Response;
    }

    private static void AssertLocal(HttpResponse response, string pathAndQuery)
    {
        Assert.Equal(StatusCodes.Status302Found, response.StatusCode);
        Assert.Matches(@"^/(?![/\\])[\x21-\x7E]*$", response.Headers.Location);
        Assert.Contains(pathAndQuery, response.Headers.Location.ToString(), StringComparison.Ordinal);
    }
}
