using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Load.Support;

/// <summary>
/// Many concurrent sign-ins, and the outcome of each, compared with the emulator's journal.
/// </summary>
internal sealed class LoadRun(TestSite site, IReadOnlyList<EmulatorUser> users, LoadPlan plan)
{
    private readonly SignIn[] _signIns = new SignIn[plan.SignIns];
    private int _next = -1;

    /// <summary>Signs in, every user at the same time as all the others, again and again.</summary>
    public async Task SignInAsync()
    {
        plan.AddTo(site.Emulator.Faults);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        await Task.WhenAll(users.Select(_ => SignInInTurnAsync(handler)));
    }

    /// <summary>Each sign-in ended as what the emulator did to it lets it end, and every session is one user's alone.</summary>
    public void AssertNoUsersAreMixedUp()
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
            var response = TokensIn(tokenCalls[signIn.Code!]);
            Assert.Equal(response, (signIn.Session.Tokens["access_token"], signIn.Session.Tokens["refresh_token"]));
            foreach (var token in (string[])[response.Access, response.Refresh])
            {
                Assert.True(seen.Add(token), "One token is in two sessions.");
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

    /// <summary>The number of sign-ins by outcome, for the test's output.</summary>
    public string Describe() => string.Join(", ", _signIns
        .GroupBy(signIn => signIn.Location)
        .OrderByDescending(group => group.Count())
        .Select(group => $"{group.Key}: {group.Count()}"));

    private async Task SignInInTurnAsync(HttpMessageHandler handler)
    {
        while (Interlocked.Increment(ref _next) is var i && i < _signIns.Length)
        {
            var user = users[i % users.Count];
            var browser = new SiteBrowser(site.Address, site.Time, handler) { UserId = user.UserId };
            var callback = await browser.ConsentAsync("/", denies: plan.IsRefused(i));
            var response = await browser.ReturnFromBinanceAsync(callback);
            Assert.Equal(HttpStatusCode.Redirect, response.Status);
            _signIns[i] = new(user, CodeIn(callback), response.LocationHeader, await browser.SessionAsync());
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

        var requested = userCalls["Bearer " + TokensIn(tokenCall).Access].ToList();
        Assert.InRange(requested.Count, 1, 2);
        return LoadPlan.FailureOf(EmulatorEndpoint.UserInfo, requested[^1].Fault);
    }

    private static (string Access, string Refresh) TokensIn(EmulatorRequest call)
    {
        using var json = JsonDocument.Parse(call.ResponseBody);
        return (json.RootElement.GetProperty("access_token").GetString()!, json.RootElement.GetProperty("refresh_token").GetString()!);
    }

    private static string? CodeIn(string callback) => QueryHelpers.ParseQuery(callback[callback.IndexOf('?', StringComparison.Ordinal)..])
        .TryGetValue("code", out var code) ? code.Single() : null;

    private sealed record SignIn(EmulatorUser User, string? Code, string? Location, SiteSession Session);
}
