using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

public sealed class JournalTests : EmulatorTest
{
    [Fact]
    public async Task The_journal_contains_the_request_and_the_response()
    {
        Emulator.Clock.Advance(TimeSpan.FromDays(1000));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token?extra=a%20b")
        {
            Content = new FormUrlEncodedContent(Visitor.RefreshParameters("old+token")),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "test/1.0");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic abc");
        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        var entry = Assert.Single(Emulator.Requests);
        Assert.Equal(
            (EmulatorEndpoint.Token, "POST", "/oauth/token", "?extra=a%20b", "refresh_token"),
            (entry.Endpoint, entry.Method, entry.Path, entry.RawQuery, entry.GrantType));
        Assert.Equal("a b", entry.Query["extra"]);
        Assert.Equal("old+token", entry.Form["refresh_token"]);
        Assert.Contains("refresh_token=old%2Btoken", entry.Body, StringComparison.Ordinal);
        Assert.Equal(
            ("application/x-www-form-urlencoded", "application/json", "test/1.0", "Basic abc"),
            (entry.ContentType, entry.Accept, entry.UserAgent, entry.Authorization));
        Assert.Equal((401, null), (entry.Status, entry.Fault));
        Assert.Equal(await response.Content.ReadAsStringAsync(Cancellation), entry.ResponseBody);
        Assert.InRange(entry.Time, Emulator.Clock.GetUtcNow() - TimeSpan.FromMinutes(1), Emulator.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Parameters_distinguish_repeated_empty_and_missing_ones()
    {
        using var response = await Visitor.Http.GetAsync("/oauth/authorize?a=1&a=2&b=&c", Cancellation);

        var query = Emulator.Requests.Single().Query;
        Assert.Equal(["1", "2"], query.Values("a"));
        Assert.Equal(("1", "", "", null), (query["a"], query["b"], query["c"], query["d"]));
        Assert.True(query.Contains("c"));
        Assert.False(query.Contains("d"));
        Assert.Equal(4, query.Count);
        Assert.Equal(["a", "a", "b", "c"], query.Select(pair => pair.Key));
    }

    [Fact]
    public async Task Cookies_are_not_recorded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Visitor.AuthorizeUrl());
        request.Headers.TryAddWithoutValidation("Cookie", "session=neighbour-secret");
        using var response = await Visitor.Http.SendAsync(request, Cancellation);

        var entry = Assert.Single(Emulator.Requests);
        Assert.All(
            typeof(EmulatorRequest).GetProperties().Where(property => property.PropertyType == typeof(string)),
            property => Assert.DoesNotContain("neighbour-secret", (string?)property.GetValue(entry) ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_endpoint_has_its_own_entries()
    {
        var form = await Visitor.OpenConsentAsync();
        using var redirect = await Visitor.DecideAsync(form, "authorize");
        using var tokens = await Visitor.RedeemAsync(Visitor.RedirectParameters(redirect)["code"]);
        using var userInfo = await Visitor.UserInfoAsync(null);
        using var revoke = await Visitor.RevokeAsync(null);
        using var page = await Visitor.Http.GetAsync("/", Cancellation);
        using var unknown = await Visitor.Http.GetAsync("/favicon.ico", Cancellation);

        Assert.Equal(
            [1, 1, 1, 1, 3],
            new[] { EmulatorEndpoint.Authorize, EmulatorEndpoint.Token, EmulatorEndpoint.UserInfo, EmulatorEndpoint.Revoke, EmulatorEndpoint.Page }.Select(Emulator.Requests.Count));
        Assert.Equal("authorization_code", Emulator.Requests.To(EmulatorEndpoint.Token).Single().GrantType);
    }

    [Fact]
    public async Task The_oldest_requests_are_removed_first()
    {
        Emulator.Options.JournalCapacity = 3;

        for (var i = 0; i < 5; i++)
        {
            using var response = await Visitor.Http.GetAsync($"/oauth/authorize?n={i}", Cancellation);
        }

        Assert.Equal(["2", "3", "4"], Emulator.Requests.Select(request => request.Query["n"]));
        Emulator.Requests.Clear();
        Assert.Empty(Emulator.Requests);
    }

    [Fact]
    public async Task Long_bodies_are_cut()
    {
        using var response = await Visitor.PostAsync([new("x", new string('a', 15_000))]);

        Assert.Equal(8 * 1024, Emulator.Requests.Single().Body.Length);
    }

    [Fact]
    public async Task A_wait_finds_earlier_and_later_requests()
    {
        var waiting = Emulator.Requests.WaitForAsync(request => request.Query["n"] == "2", Cancellation);
        using var first = await Visitor.Http.GetAsync("/oauth/authorize?n=1", Cancellation);
        Assert.False(waiting.IsCompleted);

        using var second = await Visitor.Http.GetAsync("/oauth/authorize?n=2", Cancellation);

        Assert.Equal("2", (await waiting).Query["n"]);
        Assert.Equal("1", (await Emulator.Requests.WaitForAsync(request => request.Query["n"] == "1", Cancellation)).Query["n"]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Emulator.Requests.WaitForAsync(_ => false, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task The_journal_contains_the_fault()
    {
        Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", null));

        using var response = await Visitor.UserInfoAsync(null);

        var entry = Assert.Single(Emulator.Requests);
        Assert.Equal((200, "ApiError 117041"), (entry.Status, entry.Fault));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
