using System.Net;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A browser on a site. It follows no redirect by itself, and a test can lose an answer or let it arrive later.
/// </summary>
internal sealed class LifetimeBrowser(LifetimeSite site)
{
    private readonly Dictionary<string, string> _cookies = [];

    public string CookieHeader => string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));

    public bool HasSession => _cookies.ContainsKey(SiteAnswer.CookieName);

    public string Cookie(string name) => _cookies[name];

    /// <summary>Another browser with the cookies that this one has now, perhaps on another process of the site.</summary>
    public LifetimeBrowser Copy(LifetimeSite? at = null)
    {
        var copy = new LifetimeBrowser(at ?? site);
        foreach (var (name, value) in _cookies)
        {
            copy._cookies[name] = value;
        }

        return copy;
    }

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
    public async Task<SiteAnswer> SendUntilAsync(string path, CancellationToken aborted)
    {
        using var client = new HttpClient(site.Server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri("http://localhost"), path));
        request.Headers.TryAddWithoutValidation("Cookie", CookieHeader);
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
            if (cookie.Expires <= site.Clock.GetUtcNow())
            {
                _cookies.Remove(cookie.Name.Value!);
            }
            else
            {
                _cookies[cookie.Name.Value!] = cookie.Value.Value!;
            }
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
    public async Task<SiteAnswer> SignInAsync(string scheme = "Binance")
    {
        var challenge = await GetAsync("/login?scheme=" + scheme);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var binance = new HttpClient(handler);
        using var consent = await binance.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        var answer = await GetAsync(consent.Headers.Location!.PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        return answer;
    }

    /// <summary>Signs in with a ticket that a test has made.</summary>
    public async Task AdoptAsync(AuthenticationProperties ticket, string cookie = "Cookies")
    {
        var name = Guid.NewGuid().ToString("N");
        site.Tickets[name] = ticket;
        await GetAsync($"/adopt?cookie={cookie}&ticket={name}");
    }
}
