using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.BrokenServer;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Load;

/// <summary>
/// Many sign-ins at once, and what each of them came to, held against what the emulator wrote down about it.
/// </summary>
internal sealed class LoadRun(SocketSite site, IReadOnlyList<EmulatorUser> users, LoadPlan plan)
{
    private readonly SignIn[] _signIns = new SignIn[plan.SignIns];
    private int _next = -1;

    /// <summary>Signs in, every user at the same time as all the others, again and again.</summary>
    public async Task SignInAsync()
    {
        plan.Tell(site.Emulator.Faults);
        using var http = SocketBrowser.NewClient();
        await Task.WhenAll(users.Select(_ => SignInInTurnAsync(http)));
    }

    /// <summary>Each sign-in ended as what the emulator did to it lets it end, and every session is one user's alone.</summary>
    public void AssertNobodyIsMixedUp()
    {
        var emulator = site.Emulator;
        var tokenCalls = emulator.Requests.To(EmulatorEndpoint.Token).ToDictionary(call => call.Form["code"]!);
        var userCalls = emulator.Requests.To(EmulatorEndpoint.UserInfo).ToLookup(call => call.Authorization!);
        var issued = emulator.Tokens.AccessTokens.Concat(emulator.Tokens.RefreshTokens).ToDictionary(token => token.Value);
        var seen = new HashSet<string>();

        for (var i = 0; i < _signIns.Length; i++)
        {
            var signIn = _signIns[i];
            var expected = plan.IsRefused(i) ? BinanceFailure.AccessDenied : FailureOf(signIn, tokenCalls, userCalls);
            if (expected is { } failure)
            {
                Assert.Equal($"/failed?failure={JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString())}&returnUrl=%2F", signIn.Location);
                Assert.False(signIn.Session.SignedIn);
                continue;
            }

            Assert.Equal("/", signIn.Location);
            Assert.Equal(signIn.User.UserId, signIn.Session.UserId);
            Assert.Equal(
                [signIn.User.UserId, signIn.User.Email],
                signIn.Session.Claims.Select(claim => claim.Value));
            var answer = Answer(tokenCalls[signIn.Code!]);
            Assert.Equal(answer, (signIn.Session.Tokens["access_token"], signIn.Session.Tokens["refresh_token"]));
            foreach (var token in (string[])[answer.Access, answer.Refresh])
            {
                Assert.True(seen.Add(token), "One token stands in two sessions.");
                Assert.Equal(signIn.User.UserId, issued[token].UserId);
            }
        }
    }

    /// <summary>As many calls met a fault as planned.</summary>
    public void AssertFaultsWereMet()
    {
        var refusals = Enumerable.Range(0, plan.SignIns).Count(plan.IsRefused);
        Assert.Equal(plan.Faults, refusals + site.Emulator.Requests.Count(call => LoadPlan.IsFault(call.Fault)));
    }

    /// <summary>How many sign-ins ended where, for whoever reads the test's output.</summary>
    public string Describe() => string.Join(", ", _signIns
        .GroupBy(signIn => signIn.Location)
        .OrderByDescending(group => group.Count())
        .Select(group => $"{group.Key}: {group.Count()}"));

    private async Task SignInInTurnAsync(HttpClient http)
    {
        while (Interlocked.Increment(ref _next) is var i && i < _signIns.Length)
        {
            var user = users[i % users.Count];
            var browser = new SocketBrowser(http, site.Address, site.Time, user.UserId);
            var callback = await browser.ReachCallbackAsync("/", plan.IsRefused(i));
            var answer = await browser.GetAsync(callback);
            Assert.Equal(HttpStatusCode.Redirect, answer.Status);
            _signIns[i] = new(user, CodeIn(callback), answer.Location, await browser.SessionAsync());
        }
    }

    private static BinanceFailure? FailureOf(
        SignIn signIn, Dictionary<string, EmulatorRequest> tokenCalls, ILookup<string, EmulatorRequest> userCalls)
    {
        Assert.True(tokenCalls.TryGetValue(signIn.Code!, out var tokenCall), $"The code of a sign-in that ended at {signIn.Location} was never sent.");
        if (LoadPlan.FailureOf(EmulatorEndpoint.Token, tokenCall.Fault) is { } refused)
        {
            return refused;
        }

        var asked = userCalls["Bearer " + Answer(tokenCall).Access].ToList();
        Assert.InRange(asked.Count, 1, 2);
        return LoadPlan.FailureOf(EmulatorEndpoint.UserInfo, asked[^1].Fault);
    }

    private static (string Access, string Refresh) Answer(EmulatorRequest call)
    {
        using var json = JsonDocument.Parse(call.ResponseBody);
        return (json.RootElement.GetProperty("access_token").GetString()!, json.RootElement.GetProperty("refresh_token").GetString()!);
    }

    private static string? CodeIn(string callback) => QueryHelpers.ParseQuery(callback[callback.IndexOf('?', StringComparison.Ordinal)..])
        .TryGetValue("code", out var code) ? code.Single() : null;

    private sealed record SignIn(EmulatorUser User, string? Code, string? Location, Session Session);
}
