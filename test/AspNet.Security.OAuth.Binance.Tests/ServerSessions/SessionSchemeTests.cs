using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A user id belongs to the scheme that issued it. The same id in two schemes may be two people.
/// </summary>
public sealed class SessionSchemeTests
{
    private const string User = ServerSite.User;

    public static TheoryData<string, string> Others => new()
    {
        { $"/as?user={User}&scheme=Elsewhere", "Elsewhere" },
        { $"/as?user={User}", "Cookies" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task The_same_user_id_of_another_scheme_is_listed_and_ended_separately(string signIn, string scheme)
    {
        await using var site = await ServerSite.StartAsync();
        var (browser, other) = (await site.SignedInAsync(), site.Browser());
        await other.GetAsync(signIn);

        Assert.Equal(("Binance", await browser.IdAsync()), Of(Assert.Single(await site.ListAsync())));
        Assert.Equal((scheme, await other.IdAsync()), Of(Assert.Single(await site.ListAsync(scheme: scheme))));

        Assert.False(await site.EndAsync(await other.IdAsync()));
        Assert.True((await other.SessionAsync()).SignedIn);
        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.True((await other.SessionAsync()).SignedIn);
        await site.EndAllAsync(scheme: scheme);
        Assert.False((await other.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Other")]
    public async Task Two_Binance_schemes_are_listed_and_ended_separately(string? cookie)
    {
        await using var site = await ServerSite.StartAsync(
            setup => setup.Authentication = builder => builder.AddCookie("Other").AddSecondBinance(setup.Server, cookie));
        site.AddSecondClient();
        var (first, second) = (await site.SignedInAsync(), site.Browser());
        await second.SignInAsync(scheme: "Second");

        Assert.Equal((User, User), ((await first.SessionAsync()).UserId, (await second.SessionAsync(cookie)).UserId));
        Assert.Equal("Cookies", Assert.Single(await site.ListAsync()).CookieScheme);
        Assert.Equal(cookie ?? "Cookies", Assert.Single(await site.ListAsync(scheme: "Second")).CookieScheme);
        await site.EndAllAsync(scheme: "Second");
        Assert.True((await first.SessionAsync()).SignedIn);
        Assert.False((await second.SessionAsync(cookie)).SignedIn);
        Assert.Equal("second-client", ClientOf(site, Assert.Single(site.Revocations)));
    }

    [Fact]
    public async Task Both_cookies_of_a_user_are_listed_and_ended()
    {
        await using var site = await ServerSite.StartAsync(
            setup =>
            {
                setup.Authentication = builder => builder.AddCookie("Other");
                setup.Pages["/both"] = async context =>
                {
                    var session = await context.AuthenticateAsync();
                    await context.SignInAsync("Other", session.Principal!, session.Properties);
                };
            },
            null,
            "Cookies",
            "Other");
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/both");

        Assert.Equal(["Cookies", "Other"], (await site.ListAsync()).Select(session => session.CookieScheme).Order());
        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.Single(site.Revocations);
    }

    private static (string Scheme, string Id) Of(BinanceSessionInfo session) => (session.Scheme, session.Id);

    // The client that the revoked token was issued to.
    private static string? ClientOf(TestSite site, EmulatorRequest revocation) => site.Emulator.Requests.To(EmulatorEndpoint.Token)
        .Single(request => request.ResponseBody.Contains(revocation.Authorization!["Bearer ".Length..], StringComparison.Ordinal)).Form["client_id"];
}
