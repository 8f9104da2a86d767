using System.Net;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A browser on a site. It follows no redirect by itself, and a test can lose an answer or let it arrive later.
/// </summary>
internal sealed class LifetimeBrowser(LifetimeSite site)
{
    private CookieJar _cookies = new(site.Clock);

    public string CookieHeader => _cookies.Header("/");

    public bool HasSession => HasCookie(SiteAnswer.CookieName);

    public bool HasCookie(string name) => _cookies.Named(name).Any();

    public string Cookie(string name) => _cookies.Named(name).Single();

    /// <summary>Another browser with the cookies that this one has now, perhaps on another process of the site.</summary>
    public LifetimeBrowser Copy(LifetimeSite? at = null) => new(at ?? site) { _cookies = _cookies.Copy() };

    /// <summary>Opens a page, and keeps the cookies that the answer sets.</summary>
    public async Task<SiteAnswer> GetAsync(string path)
    {
        var answer = await SendAsync(path);
        Receive(answer);
        return answer;
    }

    /// <summary>Opens a page, whose answer has not reached the browser yet.</summary>
    public Task<SiteAnswer> SendAsync(string path) => SendUntilAsync(path, CancellationToken.None);

    /// <summary>Opens a page, and goes away when told so.</summary>
    public Task<SiteAnswer> SendUntilAsync(string path, CancellationToken aborted) => SendAsync(path, crossSite: false, aborted);

    /// <summary>Sends a form without fields, and keeps the cookies that the answer sets.</summary>
    public async Task<SiteAnswer> PostAsync(string path)
    {
        var answer = await SendAsync(path, crossSite: false, CancellationToken.None, HttpMethod.Post);
        Receive(answer);
        return answer;
    }

    private async Task<SiteAnswer> SendAsync(string path, bool crossSite, CancellationToken aborted, HttpMethod? method = null)
    {
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(site.Address, path));
        request.Headers.TryAddWithoutValidation("Cookie", _cookies.Header(path, crossSite));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, TestContext.Current.CancellationToken);
        using var response = await client.SendAsync(request, either.Token);
        var answer = await SiteAnswer.ReadAsync(response);
        site.Secrets.AddCookies(answer.SetCookies);
        return answer;
    }

    public void Receive(SiteAnswer answer)
    {
        foreach (var cookie in answer.SetCookies)
        {
            _cookies.Receive(cookie);
        }
    }

    public async Task<SessionView> SessionAsync(string? cookie = null)
        => (await GetAsync(cookie is null ? "/session" : "/session?cookie=" + cookie)).Session;

    /// <summary>So many requests at once, all with the cookies of now; the browser receives all answers.</summary>
    public async Task<IReadOnlyList<SiteAnswer>> SendManyAsync(int count)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => SendAsync("/session"))));
        foreach (var answer in answers)
        {
            Receive(answer);
        }

        return answers;
    }

    /// <summary>Signs in at Binance, which asks nothing.</summary>
    public async Task<SiteAnswer> SignInAsync(string scheme = "Binance", string login = "/login")
    {
        var answer = await ComeBackAsync(await ConsentAsync(scheme, login));
        Receive(answer);
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        return answer;
    }

    /// <summary>Begins to sign in: the challenge, and the consent at Binance.</summary>
    /// <returns>The callback that Binance sends the browser to.</returns>
    public async Task<string> ConsentAsync(string scheme = "Binance", string login = "/login")
    {
        var challenge = await GetAsync($"{login}?scheme={scheme}");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var binance = new HttpClient(handler);
        using var consent = await binance.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        return consent.Headers.Location!.PathAndQuery;
    }

    /// <summary>Comes back from Binance, by a navigation that began there; the answer has not reached the browser yet.</summary>
    public Task<SiteAnswer> ComeBackAsync(string callback) => ComeBackUntilAsync(callback, CancellationToken.None);

    /// <summary>Comes back from Binance, and aborts the request when told so.</summary>
    public Task<SiteAnswer> ComeBackUntilAsync(string callback, CancellationToken aborted) => SendAsync(callback, crossSite: true, aborted);

    /// <summary>Signs in with a ticket that a test has made.</summary>
    public async Task AdoptAsync(AuthenticationProperties ticket, string cookie = "Cookies")
    {
        var name = Guid.NewGuid().ToString("N");
        site.Tickets[name] = ticket;
        await GetAsync($"/adopt?cookie={cookie}&ticket={name}");
    }
}
