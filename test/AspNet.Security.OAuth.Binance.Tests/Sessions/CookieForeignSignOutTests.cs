
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The sign-out of a cookie whose ticket no Binance scheme issued: it is not validated, as without the provider.
/// </summary>
public sealed class CookieForeignSignOutTests
{
    private static readonly Dictionary<string, Func<AuthenticationProperties>> _tickets = new()
    {
        ["the application's own"] = () => new(),
        ["another provider's, with tokens"] = () => WithTokens(new() { Items = { [".AuthScheme"] = "Elsewhere" } }),
        ["the application's own, with tokens"] = () => WithTokens(new()),
        ["a removed scheme's"] = () => WithTokens(new() { Items = { [".AuthScheme"] = "BinanceOfLastYear" } }),
    };

    public static MatrixTheoryData<string, SessionPlace> TicketsAndPlaces => new([.. _tickets.Keys], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(TicketsAndPlaces))]
    public async Task A_sign_out_of_a_foreign_ticket_does_not_validate_it(string ticket, SessionPlace place)
    {
        var validations = 0;
        var sessions = new SessionStorage(place, "Other");
        await using var site = await StartAsync(sessions, () => validations++);
        var browser = site.Browser();
        await browser.AdoptAsync(_tickets[ticket](), "Other");
        Assert.NotEmpty(browser.CookieHeader());

        await browser.GetAsync("/sign-out?scheme=Other");

        Assert.Equal(0, validations);
        Assert.Empty(browser.CookieHeader());
        Assert.Empty(sessions.Entries);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_out_of_one_cookie_does_not_validate_the_ticket_of_another(SessionPlace place)
    {
        var validations = 0;
        var sessions = new SessionStorage(place, "Other");
        await using var site = await StartAsync(sessions, () => validations++);
        var browser = await site.SignedInAsync();
        await browser.AdoptAsync(new(), "Other");

        await browser.GetAsync("/sign-out?scheme=Other");

        Assert.Equal(0, validations);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);

        await browser.GetAsync("/sign-out");
        Assert.Equal(0, validations);
        Assert.Single(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_foreign_ticket_whose_validation_throws_is_signed_out(SessionPlace place)
    {
        var sessions = new SessionStorage(place, "Other");
        await using var site = await StartAsync(sessions, () => throw new InvalidDataException("the users' database is down"));
        var browser = site.Browser();
        await browser.AdoptAsync(new(), "Other");

        await browser.GetAsync("/sign-out?scheme=Other");

        Assert.Empty(browser.CookieHeader());
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_foreign_ticket_that_has_expired_is_signed_out_without_a_validation(SessionPlace place)
    {
        var validations = 0;
        var sessions = new SessionStorage(place, "Other");
        await using var site = await StartAsync(sessions, () => validations++);
        var browser = site.Browser();
        await browser.AdoptAsync(new(), "Other");
        site.Clock.Pass(TimeSpan.FromDays(15));

        await browser.GetAsync("/sign-out?scheme=Other");

        Assert.Equal(0, validations);
        Assert.Empty(browser.CookieHeader());
        Assert.Empty(sessions.Entries);
    }

    private static Task<TestSite> StartAsync(SessionStorage sessions, Action validate) => TestSite.StartAsync(setup =>
    {
        setup.Authentication = builder => builder.AddCookie("Other", cookie => cookie.Events.OnValidatePrincipal = _ =>
        {
            validate();
            return Task.CompletedTask;
        });
        sessions.Configure(setup);
    });

    private static AuthenticationProperties WithTokens(AuthenticationProperties ticket)
    {
        ticket.StoreTokens([new() { Name = "access_token", Value = "somebody-elses-access-token" }, new() { Name = "refresh_token", Value = "somebody-elses-refresh-token" }]);
        return ticket;
    }
}
