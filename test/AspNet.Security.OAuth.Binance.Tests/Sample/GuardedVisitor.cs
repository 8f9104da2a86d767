using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// A browser that keeps every response of the sample, for checks after the visit.
/// </summary>
internal sealed class GuardedVisitor(GuardedSample sample) : IDisposable
{
    private readonly HttpClient _site = sample.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = sample.Address });
    private readonly HttpClient _binance = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>Every response, with its request.</summary>
    public List<(string Request, HttpResponseMessage Response, string Body)> Responses { get; } = [];

    /// <summary>Every cookie that was set or deleted.</summary>
    public IEnumerable<SetCookieHeaderValue> Cookies => Responses.SelectMany(item
        => item.Response.Headers.TryGetValues(HeaderNames.SetCookie, out var values) ? SetCookieHeaderValue.ParseList([.. values]) : []);

    public Task<HttpResponseMessage> GetAsync(string url) => SendAsync(HttpMethod.Get, url);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        var response = await _site.SendAsync(request, TestContext.Current.CancellationToken);
        Responses.Add(($"{method} {url}", response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        return response;
    }

    /// <summary>Signs in, or is refused, and returns the response to the browser's return.</summary>
    public async Task<HttpResponseMessage> SignInAsync(bool deny = false)
    {
        var challenge = (await GetAsync("/account/login")).Headers.Location!.AbsoluteUri;
        var decision = deny ? ("emulator_decision", "deny") : ("emulator_user", sample.Binance.Users.First().UserId);
        using var response = await _binance.GetAsync(
            new Uri(QueryHelpers.AddQueryString(challenge, decision.Item1, decision.Item2)), TestContext.Current.CancellationToken);
        return await GetAsync(response.Headers.Location!.PathAndQuery);
    }

    /// <summary>Sends the form of the start page.</summary>
    public async Task SignOutAsync()
    {
        await GetAsync("/");
        const string Field = "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"";
        var page = Responses[^1].Body;
        var start = page.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        var token = WebUtility.HtmlDecode(page[start..page.IndexOf('"', start)]);
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(HttpMethod.Post, "/account/logout", form)).StatusCode);
    }

    public void Dispose()
    {
        Responses.ForEach(item => item.Response.Dispose());
        _site.Dispose();
        _binance.Dispose();
    }
}
