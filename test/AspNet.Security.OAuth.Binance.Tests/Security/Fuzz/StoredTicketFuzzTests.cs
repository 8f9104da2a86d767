using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;
using FsCheck;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// Sessions whose tickets have unexpected content, as from an earlier version of the application or from another library.
/// </summary>
public sealed class StoredTicketFuzzTests
{
    private static Arbitrary<Edited<StoredTicket>> Cases { get; } = Edited<StoredTicket>.Cases(StoredTicket.Starts, StoredTicket.Edits);

    [Fact]
    public async Task A_request_with_any_stored_ticket_gets_a_response()
    {
        await using var site = await FuzzSite.StartAsync();
        var count = 0;

        await FuzzRun.HoldsAsync(
            Cases,
            item => CheckAsync(site, item.Start, item.ApplyTo(new StoredTicket(++count))),
            ("left as it is", 800),
            ("refreshed", 800),
            ("refused", 300),
            ("kept", 800),
            ("anonymous", 50));
    }

    private static async Task<string> CheckAsync(FuzzSite site, string start, StoredTicket ticket)
    {
        site.Backchannel.Forget();
        site.Backchannel.IsDown = start.EndsWith("down", StringComparison.Ordinal);
        site.Backchannel.Token = start switch
        {
            _ when start.EndsWith("refused", StringComparison.Ordinal) => BackchannelResponse.Json("""{"error":"invalid_grant"}""", 400),
            _ when start.EndsWith("nonsense", StringComparison.Ordinal) => BackchannelResponse.Json("""{"access_token":5}"""),
            _ => BackchannelResponse.Json(Responses.Tokens),
        };
        var cookie = $"{SiteResponse.CookieName}={ticket.Cookie(site.Tickets)}";

        var page = await site.SendAsync("/session", cookie: cookie);

        page.AssertIsSound();
        Assert.Equal(200, page.Status);
        var calls = site.Backchannel.Calls(BinanceStub.TokenPath);
        var session = JsonSerializer.Deserialize<SiteSession>(page.Body, JsonSerializerOptions.Web)!;
        var outcome = (session.SignedIn, calls) switch
        {
            (true, 0) => LeftAsItIs(page, ticket),
            (true, 1) when start.EndsWith("token", StringComparison.Ordinal) => Refreshed(site, page, ticket),
            (true, 1) => Kept(page, start, ticket),
            (false, 1) => Refused(page, start),
            (false, 0) => Anonymous(ticket),
            _ => throw new InvalidOperationException($"A refresh token was sent {calls} times."),
        };
        await AssertOtherPagesRespondAsync(site, cookie);
        site.Log.AssertIsSound();
        return outcome;
    }

    private static string LeftAsItIs(FuzzResponse page, StoredTicket ticket)
    {
        Assert.NotEqual(true, ticket.IsDue());
        Assert.True(ticket.MayBeNone || page.SessionCookie is null);
        return "left as it is";
    }

    private static string Refreshed(FuzzSite site, FuzzResponse page, StoredTicket ticket)
    {
        Assert.NotEqual(false, ticket.IsDue());
        var renewed = site.Tickets.Unprotect(page.Session)!;
        Assert.Equal(Responses.AccessToken, renewed.Properties.Items[StoredTicket.AccessToken]);
        Assert.Equal(Responses.RefreshToken, renewed.Properties.Items[StoredTicket.RefreshToken]);
        Assert.Equal(FuzzTime.Now.AddSeconds(30714).ToString("o", CultureInfo.InvariantCulture), renewed.Properties.Items[StoredTicket.ExpiresAt]);
        Assert.False(renewed.Properties.Items.ContainsKey(StoredTicket.Lifetime));
        Assert.Equal(Responses.UserId, renewed.Principal.FindFirstValue(ClaimTypes.NameIdentifier));

        // A refresh never extends a session; with unusual times, the cookie handler may have slid it.
        if (!ticket.MayBeNone)
        {
            Assert.Equal((ticket.Items[".issued"], ticket.Items[".expires"]), (renewed.Properties.Items[".issued"], renewed.Properties.Items[".expires"]));
        }

        return "refreshed";
    }

    private static string Kept(FuzzResponse page, string start, StoredTicket ticket)
    {
        Assert.False(start.EndsWith("refused", StringComparison.Ordinal), "A refused session has to end.");
        Assert.NotEqual(false, ticket.IsDue());
        Assert.True(ticket.MayBeNone || page.SessionCookie is null);
        return "kept";
    }

    private static string Refused(FuzzResponse page, string start)
    {
        Assert.EndsWith("refused", start, StringComparison.Ordinal);
        Assert.Equal("", page.SessionCookie);
        return "refused";
    }

    private static string Anonymous(StoredTicket ticket)
    {
        Assert.True(ticket.MayBeNone, "The session ended without a refusal.");
        return "anonymous";
    }

    private static async Task AssertOtherPagesRespondAsync(FuzzSite site, string cookie)
    {
        var members = await site.SendAsync("/members", cookie: cookie);
        var signOut = await site.SendAsync("/sign-out", "?scheme=Cookies&scheme=Binance&to=/", cookie);

        members.AssertIsSound();
        Assert.True(members.Status is 200 || members.Location!.StartsWith("https://site.example/login?", StringComparison.Ordinal), members.Location);
        signOut.AssertIsSound();
        Assert.True(string.IsNullOrEmpty(signOut.SessionCookie), "A response after the sign-out restored the cookie.");
        Assert.InRange(site.Backchannel.Calls(BinanceStub.RevocationPath), 0, 1);
    }
}
