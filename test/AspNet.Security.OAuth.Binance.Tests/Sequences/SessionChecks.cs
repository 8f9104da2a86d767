
namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// What has to be true of each request and response, by the model: never another user, nobody signed in after the end of a session, nobody
/// signed out without a cause, one refresh per refresh token, and no response that writes or deletes the cookie of a session that is over.
/// </summary>
internal sealed class SessionChecks(SessionKind kind, SessionDriver driver, SessionModel model, Action<string> happened)
{
    private static readonly string[] _cookies = [SessionDriver.Main, SessionDriver.Other];

    /// <summary>Notes what is true when a request is sent.</summary>
    public Request Begin(int browser, int process, Work work, Server server)
    {
        var (now, refreshes) = (driver.Now, work is not Work.SignOutAtLogoutPath);
        var carried = _cookies.ToDictionary(cookie => cookie, cookie => driver.Held(browser, cookie));
        return new(browser, process, work, server, now, carried)
        {
            Expected = carried.ToDictionary(cookie => cookie.Key, cookie => model.Expect(cookie.Value, process, now, refreshes)),
            WasOver = [.. Sessions(carried).Where(session => session.IsRefused || SessionModel.IsOver(session, now)).Select(session => session.Id)],
            Changes = Sessions(carried).ToDictionary(session => session.Id, session => session.Changes),
            SignIns = _cookies.ToDictionary(cookie => cookie, cookie => model.SignIns.GetValueOrDefault((browser, process, cookie))),
            Slides = [.. carried.Where(cookie => cookie.Value is { } content && Slides(content, now)).Select(cookie => cookie.Key)],
        };
    }

    /// <summary>Checks whom the page of a request saw.</summary>
    public Request Check(Request request, OpenRequest open)
    {
        CheckRefreshes();
        Check(request, SessionDriver.Main, open.Main);
        if (request.Work is Work.ShowBoth)
        {
            Check(request, SessionDriver.Other, open.Other);
        }

        request.Open = open;
        return request;
    }

    private void Check(Request request, string cookie, Seen? seen)
    {
        var (content, expected, now) = (request.Carried[cookie], request.Expected[cookie], request.Time);
        if (seen is null)
        {
            if (content is not null && model.ExpiryOf(content) >= now && SessionModel.IsOver(model.SessionOf(content), now))
            {
                model.SessionOf(content).OverIn.Add(request.Process);
                happened("a session that is over is rejected");
            }

            if (expected is ExpectedSession.SignedIn)
            {
                Assert.True(IsRefused(content!), $"{cookie}: signed out without a cause.");
                model.SessionOf(content!).IsRefused = kind is SessionKind.Server;
                happened("a refusal ends a session");
            }

            return;
        }

        Assert.True(content is not null, $"{cookie}: somebody is signed in without a cookie.");
        var session = model.SessionOf(content);
        Assert.True(expected is not ExpectedSession.SignedOut, $"{cookie}: signed in although the session is over or has expired.");
        Assert.True(seen.Session == session.Id && seen.User == session.User, $"{cookie}: another session or user than that of the cookie.");
        Assert.True(driver.OwnerOf(seen.AccessToken) is not { } owner || owner == session.User, $"{cookie}: another user's token.");
        happened(expected is ExpectedSession.Either ? "a session is accepted that need not be" : "a session is accepted");

        if (kind is SessionKind.Server)
        {
            Assert.True(seen.TokensExpire >= session.TokensExpire, $"{cookie}: tokens that are older than those of an earlier request.");
            session.TokensExpire = seen.TokensExpire;
        }

        if (expected is ExpectedSession.SignedIn
            && request is { Server: Server.Works, Work: not Work.SignOutAtLogoutPath }
            && !model.Tokens.HasFailedLately(now)
            && !model.Tokens.MayBeInProgress(session))
        {
            Assert.True(!SessionModel.IsDue(seen.TokensExpire, now), $"{cookie}: tokens that are due were not refreshed.");
        }
    }

    /// <summary>Checks the response of a request, and what it has done.</summary>
    public void CheckFinished(Request request, Received response, Dictionary<string, bool> grants)
    {
        CheckRefreshes();
        foreach (var cookie in _cookies)
        {
            if (SignsOut(request.Work, cookie))
            {
                CheckSignOut(request, response, cookie, grants);
            }
            else if (request.Work is Work.HandOver && cookie == SessionDriver.Other)
            {
                CheckHandOver(request, response);
            }
            else
            {
                CheckRenewal(request, response, cookie);
            }
        }

        CheckResponse(response);
    }

    /// <summary>The consents of the sessions that a request carries, and whether their tokens are good now.</summary>
    public Dictionary<string, bool> GrantsOf(Request request)
        => Sessions(request.Carried).Select(session => session.Grant).Distinct().ToDictionary(grant => grant, driver.IsGrantLive);

    // Nothing but the session's own renewal, and a deletion if the session was over before or was refused.
    private void CheckRenewal(Request request, Received response, string cookie)
    {
        var (content, written) = (request.Carried[cookie], response.Cookies.GetValueOrDefault(cookie));
        if (content is null)
        {
            Assert.True(written is null, $"{cookie}: written for a request that did not carry it.");
            return;
        }

        var (session, now) = (model.SessionOf(content), driver.Now);
        var isUntouched = session.Changes == request.Changes[session.Id];
        var isLive = isUntouched && !session.HasEnded && session.ReplacedAt is null && now - request.Time <= SessionModel.Grace;
        if (written is { Content: { } renewed })
        {
            Assert.True(renewed.Session == session.Id && renewed.User == session.User, $"{cookie}: the cookie of another session was written.");
            Assert.True(isLive, $"{cookie}: written although its session ended or was replaced, or the request took longer than ten minutes.");
            Assert.Equal(request.Slides.Contains(cookie) ? request.Time + SessionDriver.SessionLife : content.Expires, renewed.Expires);
            happened(renewed.Expires > content.Expires ? "a session slides" : "a cookie carries new tokens");
        }
        else if (written is not null)
        {
            CheckNotSignedIn(request, cookie);
            Assert.True(isUntouched && now - request.Time <= SessionModel.Grace, $"{cookie}: deleted although its session ended, or a sign-in followed it, meanwhile.");
            Assert.True(request.WasOver.Contains(session.Id) || model.Tokens.IsRefused(content.RefreshToken), $"{cookie}: deleted without a cause.");
            happened("a cookie is deleted because its session is over");
        }

        CheckWritten(request, cookie, content, session, written, isLive);
    }

    // What a request has brought for the cookie has to be in it.
    private void CheckWritten(Request request, string cookie, CookieContent content, ModelSession session, Written? written, bool isLive)
    {
        var seen = cookie == SessionDriver.Main ? request.Open!.Main : request.Open!.Other;
        if (seen is null || !isLive)
        {
            return;
        }

        if (kind is SessionKind.Server)
        {
            if (request.Slides.Contains(cookie) && !session.IsRefused)
            {
                session.Times = (request.Time, request.Time + SessionDriver.SessionLife);
                happened("a session slides");
            }
        }
        else if (seen.AccessToken != content.AccessToken && !IsRefused(content))
        {
            Assert.True(written?.Content?.TokensExpire >= seen.TokensExpire, $"{cookie}: new tokens were not written.");
        }
        else if (request.Slides.Contains(cookie) && !model.Tokens.WasRefreshed(content.RefreshToken))
        {
            Assert.True(written?.Content is not null, $"{cookie}: a session did not slide.");
        }
    }

    private void CheckSignOut(Request request, Received response, string cookie, Dictionary<string, bool> grants)
    {
        var written = response.Cookies.GetValueOrDefault(cookie);
        Assert.True(written?.Content is null, $"{cookie}: a sign-out wrote a session.");
        if (request.Carried[cookie] is not { } content)
        {
            return;
        }

        var (session, now) = (model.SessionOf(content), driver.Now);
        var isUntouched = session.Changes == request.Changes[session.Id];
        var wasOver = request.Expected[cookie] is ExpectedSession.SignedOut || request.WasOver.Contains(session.Id) || IsRefused(content) || now - request.Time > SessionModel.Grace;

        if (written is not null && request.WasOver.Contains(session.Id))
        {
            CheckNotSignedIn(request, cookie);
        }

        // The end of a session is not kept when its ticket has expired.
        Assert.True(
            written is null || isUntouched || model.ExpiryOf(content) <= now || (kind is SessionKind.Server && wasOver),
            $"{cookie}: a sign-out deleted the cookie of a session that ended, or that a sign-in followed, meanwhile.");
        var wasLive = isUntouched && !wasOver && !SessionModel.IsOver(session, now) && session.ReplacedAt is null && !session.IsRefused && model.ExpiryOf(content) > now;
        if (wasLive)
        {
            Assert.True(written is not null, $"{cookie}: a sign-out left the cookie.");
        }

        model.End(session, request.Process, now);
        CheckRevocation(request, cookie, content, session, wasLive && grants[session.Grant]);
    }

    // A sign-in at another process is known only if it received the cookie of the session.
    private void CheckNotSignedIn(Request request, string cookie)
        => Assert.True(
            model.SignIns.GetValueOrDefault((request.Browser, request.Process, cookie)) == request.SignIns[cookie],
            $"{cookie}: deleted although the browser signed in meanwhile.");

    private void CheckRevocation(Request request, string cookie, CookieContent content, ModelSession session, bool wasLive)
    {
        var isLive = driver.IsGrantLive(session.Grant);
        if (!isLive)
        {
            model.Tokens.EndGrant(session.Grant);
        }

        var sibling = request.Carried.FirstOrDefault(other => other.Key != cookie && other.Value is { } held && model.SessionOf(held).Grant == session.Grant).Value;
        if (!wasLive || IsRefused(content) || model.Tokens.HasFailedLately(driver.Now))
        {
            return;
        }

        // What was refreshed for another session of the consent is not always revoked by the last one that ends.
        if (sibling is null && !model.Tokens.IsShared(session.Grant))
        {
            Assert.False(isLive, $"{cookie}: a sign-out did not revoke the tokens.");
            happened("a sign-out revokes");
        }
        else if (kind is not SessionKind.Server
            && sibling is not null
            && sibling.RefreshToken == content.RefreshToken
            && !model.SessionOf(sibling).IsRefused
            && model.Expect(sibling, request.Process, driver.Now, refreshes: true) is ExpectedSession.SignedIn)
        {
            Assert.True(isLive, $"{cookie}: a sign-out revoked the tokens of another cookie's session.");
            happened("a sign-out leaves the tokens to another cookie");
        }
    }

    private void CheckHandOver(Request request, Received response)
    {
        if (response.Cookies.GetValueOrDefault(SessionDriver.Other) is not { } written)
        {
            return;
        }

        Assert.True(written.Content is not null && request.Open!.Main is not null, "A hand-over deleted the cookie, or handed nobody over.");
        var source = model.SessionOf(request.Carried[SessionDriver.Main]!);

        // A replaced session has no entry on the server any more, so that a sign-out with its key ends nothing.
        var isReplacedOnServer = kind is SessionKind.Server && source.ReplacedAt is not null;
        Assert.False(!isReplacedOnServer && SessionModel.IsOver(source, driver.Now), "A session that is over was handed over.");
        Assert.Equal(source.User, written.Content.User);
        Assert.True(model.Find(written.Content.Session) is null, "A hand-over began no session of its own.");
        var session = model.Begin(written.Content, source.Grant);
        NoteSignIn(request.Browser, request.Process, SessionDriver.Other);
        model.Tokens.ShareGrant(source.Grant);
        Replace(request.Carried[SessionDriver.Other], session, request.Process);
        happened("a session is handed over to another cookie");
    }

    private static void CheckResponse(Received response)
    {
        Assert.True((int)response.Status < 400, $"The response is {response.Status}.");
        Assert.True(response.RepeatedNames.Count == 0, $"Several Set-Cookie headers name {string.Join(", ", response.RepeatedNames)}.");
    }

    /// <summary>Checks the response of a callback.</summary>
    /// <returns>The session, or <see langword="null"/> if the callback signed nobody in.</returns>
    public ModelSession? CheckCallback(PendingSignIn signIn, int process, CookieContent? carried, Received response)
    {
        CheckRefreshes();
        CheckResponse(response);
        if (response.Cookies.GetValueOrDefault(SessionDriver.Main) is not { } written)
        {
            // The code was sent again, because its exchange is kept for 60 s and no longer: the server may revoke what it gave for it (RFC 6749 section 4.1.2).
            if (signIn.Begun is { } begun && driver.Now - begun.Time >= TimeSpan.FromSeconds(60) && !driver.IsGrantLive(begun.Session.Grant))
            {
                model.Tokens.EndGrant(begun.Session.Grant);
            }

            return null;
        }

        Assert.True(written.Content is not null && response.Location == "/", "A callback that failed touched the session's cookie.");
        Assert.Equal(signIn.User, written.Content.User);
        var known = model.Find(written.Content.Session);
        Assert.True(known is null || (!known.HasEnded && known.ReplacedAt is null), "A callback brought a session back that had ended or was replaced.");
        var session = model.Begin(written.Content, driver.GrantOf(written.Content.RefreshToken));
        NoteSignIn(signIn.Browser, process, SessionDriver.Main);
        signIn.Begun ??= (session, driver.Now);
        happened(known is null ? carried is null ? "a session begins" : "a session replaces another one" : "a callback is delivered again");
        Replace(signIn.Carried, session, process);
        Replace(carried, session, process);
        return session;
    }

    private void NoteSignIn(int browser, int process, string cookie)
        => model.SignIns[(browser, process, cookie)] = model.SignIns.GetValueOrDefault((browser, process, cookie)) + 1;

    private void Replace(CookieContent? replaced, ModelSession successor, int process)
    {
        if (replaced is not null)
        {
            SessionModel.Replace(model.SessionOf(replaced), successor, process, driver.Now);
        }
    }

    /// <summary>Checks the refreshes that the server has seen.</summary>
    public void CheckRefreshes()
    {
        foreach (var refresh in driver.NewRefreshes())
        {
            var fault = model.Tokens.Add(refresh, driver.GrantOf(refresh.RefreshToken), driver.Now);
            Assert.True(fault is null, fault);
            happened(refresh switch { { HasSucceeded: true } => "a refresh succeeds", { IsRefused: true } => "a refresh is refused", _ => "a refresh fails" });
        }
    }

    /// <summary>The user has signed out while a request waited for the token endpoint, which saw the refresh before the end of the consent or after it.</summary>
    public void NoteOverlap(Request request)
    {
        foreach (var session in Sessions(request.Carried).Where(session => !driver.IsGrantLive(session.Grant)))
        {
            model.Tokens.EndGrant(session.Grant);
        }

        if (request.Expected[SessionDriver.Main] is ExpectedSession.SignedIn)
        {
            request.Expected[SessionDriver.Main] = ExpectedSession.Either;
        }
    }

    private bool IsRefused(CookieContent content)
        => kind is SessionKind.Server ? model.SessionOf(content).IsRefused || model.Tokens.IsGrantRefused(SessionGrant(content)) : model.Tokens.IsRefused(content.RefreshToken);

    private string SessionGrant(CookieContent content) => model.SessionOf(content).Grant;

    private bool Slides(CookieContent content, DateTimeOffset now)
    {
        var (issued, expires) = kind is SessionKind.Server ? model.SessionOf(content).Times : (content.Issued, content.Expires);
        return expires - now < now - issued;
    }

    private IEnumerable<ModelSession> Sessions(Dictionary<string, CookieContent?> carried) => carried.Values.OfType<CookieContent>().Select(model.SessionOf);

    private static bool SignsOut(Work work, string cookie)
        => cookie == SessionDriver.Main ? work is Work.SignOut or Work.SignOutAtLogoutPath : work is Work.SignOutOther;
}
