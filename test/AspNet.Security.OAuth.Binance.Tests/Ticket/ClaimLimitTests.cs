using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth.Claims;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

/// <summary>
/// Claims that claim actions make of user-info: 8 KiB together, whatever their number.
/// </summary>
public sealed class ClaimLimitTests
{
    private const int Limit = 8 * 1024;

    // Counted for each claim in addition to its value: the type, and what a ticket needs for any claim.
    private const int Margin = 64;

    [Theory]
    [InlineData("a", Limit - Margin, true)]
    [InlineData("a", Limit + 1, false)]
    [InlineData("ü", Limit - Margin, true)]
    [InlineData("ü", Limit + 2, false)]
    [InlineData("漢", Limit - Margin, true)]
    [InlineData("漢", Limit + 3, false)]
    [InlineData("😀", Limit - Margin, true)]
    [InlineData("😀", Limit + 4, false)]
    [InlineData("a", 24_000, false)]
    public async Task A_claim_has_at_most_8_kib_of_utf_8(string character, int bytes, bool accepted)
    {
        var value = string.Concat(Enumerable.Repeat(character, bytes / System.Text.Encoding.UTF8.GetByteCount(character)));

        var (session, failure) = await SignInAsync(OnlyNote, $$"""{"note":{{JsonSerializer.Serialize(value)}}}""");

        Assert.Equal(accepted ? null : BinanceFailure.InvalidResponse, failure?.Failure);
        Assert.Equal(accepted ? value : null, session.Claims.SingleOrDefault(claim => claim.Type == "n")?.Value);
    }

    // A ticket stores 12 bytes for each claim besides its type, value and issuer.
    [Theory]
    [InlineData(Limit, true)]
    [InlineData(Limit + 1, false)]
    public async Task A_claim_may_fill_the_limit(int bytes, bool accepted)
    {
        var value = new string('a', bytes - 12 - "n".Length - BinanceAuthenticationDefaults.Issuer.Length);

        var (session, _) = await SignInAsync(OnlyNote, $$"""{"note":"{{value}}"}""");

        Assert.Equal(accepted, session.SignedIn);
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(3000, false)]
    public async Task The_limit_counts_all_claims_together(int length, bool accepted)
    {
        var text = new string('a', length);

        var (session, _) = await SignInAsync(
            actions =>
            {
                actions.MapJsonKey("a", "one");
                actions.MapJsonSubKey("b", "two", "inner");
                actions.MapCustomJson("c", user => user.GetProperty("three").GetString());
            },
            $$"""{"one":"{{text}}","two":{"inner":"{{text}}"},"three":"{{text}}"}""");

        Assert.Equal(accepted, session.SignedIn);
    }

    [Fact]
    public async Task Members_that_no_claim_action_maps_are_not_counted()
    {
        var (session, _) = await SignInAsync(OnlyNote, $$"""{"note":"short","history":"{{new string('a', 24_000)}}"}""");

        Assert.True(session.SignedIn);
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(16_000, false)]
    public async Task The_limit_counts_many_small_claims(int count, bool accepted)
    {
        var (session, failure) = await SignInAsync(OnlyNote, $$"""{"note":[{{string.Join(',', Enumerable.Repeat("1", count))}}]}""");

        Assert.Equal(accepted ? null : BinanceFailure.InvalidResponse, failure?.Failure);
        Assert.Equal(accepted ? count : 0, session.Claims.Count(claim => claim.Type == "n"));
    }

    [Fact]
    public async Task The_limit_applies_to_MapAll()
    {
        var members = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"member{i}\":\"aaaaaaaaaa\""));

        var (_, failure) = await SignInAsync(actions => actions.MapAll(), $"{{{members}}}");

        Assert.Equal(BinanceFailure.InvalidResponse, failure?.Failure);
    }

    [Fact]
    public async Task The_limit_does_not_apply_to_claims_of_the_application_s_event()
    {
        var value = new string('a', 2 * Limit);

        var (session, _) = await SignInAsync(_ => { }, "{}", options => options.Events.OnCreatingTicket = context =>
        {
            context.Identity!.AddClaim(new Claim("own", value));
            return Task.CompletedTask;
        });

        Assert.Contains(session.Claims, claim => claim.Type == "own" && claim.Value == value);
    }

    private static void OnlyNote(ClaimActionCollection actions)
    {
        actions.Clear();
        actions.MapJsonKey("n", "note");
    }

    private static async Task<(SiteSession Session, BinanceAuthenticationException? Failure)> SignInAsync(
        Action<ClaimActionCollection> map, string members, Action<BinanceAuthenticationOptions>? configure = null)
    {
        var data = members == "{}" ? $$"""{"userId":"{{Responses.UserId}}"}""" : $$"""{"userId":"{{Responses.UserId}}",{{members[1..]}}""";
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, Responses.UserWith("data", data));
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            map(options.ClaimActions);
            configure?.Invoke(options);
        });
        var browser = site.Browser();

        await browser.SignInAsync();

        return (await browser.SessionAsync(), site.Failures.IsEmpty ? null : site.SingleFailure());
    }
}
