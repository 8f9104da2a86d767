using System.Net;
using System.Net.Http.Headers;
using System.Text;

using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Login;

/// <summary>
/// Bodies that are not a form, or too long: an anonymous endpoint must not read all of them, and must not fail.
/// </summary>
public sealed class LogoutBodyTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=x";

    // By their content type and their text.
    private static readonly Dictionary<string, (string Type, Func<string> Body)> _bodies = new()
    {
        ["10 MB of one field"] = (Form, () => "returnUrl=" + new string('a', 10_000_000)),
        ["65 KiB of one field"] = (Form, () => "returnUrl=" + new string('a', 65 * 1024)),
        ["10 MB that is no form"] = ("application/octet-stream", () => new string('a', 10_000_000)),
        ["10 MB of a multipart body"] = (Multipart, () => "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + new string('a', 10_000_000) + "\r\n--x--\r\n"),
        ["ten thousand fields"] = (Form, () => string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"a{i}"))),
        ["a long name"] = (Form, () => new string('a', 5_000) + "=1"),
        ["a multipart body without a boundary"] = ("multipart/form-data", () => "--x\r\n\r\n--x--\r\n"),
        ["a multipart body that breaks off"] = (Multipart, () => "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue"),
        ["a multipart body without a head"] = (Multipart, () => "--x\r\nnonsense\r\n\r\n--x--\r\n"),
        ["a multipart body without a part"] = (Multipart, () => "nonsense"),
        ["a multipart body with a boundary that is too long"] = ("multipart/form-data; boundary=" + new string('x', 500), () => "nonsense"),
        ["JSON"] = ("application/json", () => """{"returnUrl":"/bye"}"""),
        ["text"] = ("text/plain", () => "returnUrl=/bye"),
        ["no content type"] = ("", () => "returnUrl=/bye"),
        ["a content type that is none"] = ("nonsense", () => "returnUrl=/bye"),
        ["a charset that is none"] = (Form + "; charset=nonsense", () => "returnUrl=/bye"),
        ["UTF-7"] = (Form + "; charset=utf-7", () => "returnUrl=/bye"),
        ["broken escapes"] = (Form, () => "returnUrl=%&%zz=%ff%00&=&&&"),
        ["null characters"] = (Form, () => "returnUrl=\0\0&\0=\0"),
    };

    public static TheoryData<string> Bodies => [.. _bodies.Keys];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_without_a_form_token_is_refused_without_a_server_error(string body)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        foreach (var headers in new[] { [], LoginRequests.OwnForm, LoginRequests.ForeignForm, [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors")] })
        {
            using var content = Content(body);
            var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", content, headers);

            Assert.Contains(response.Status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
            response.AssertNotStored();
        }

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
        Assert.False(site.Exceptions.Reader.TryPeek(out _));
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_not_a_form_causes_no_server_error_for_an_anonymous_visitor(string body)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);

        using var content = Content(body);
        var response = await site.Browser().RequestAsync(HttpMethod.Post, "/auth/logout", content, LoginRequests.OwnForm);

        Assert.Contains(response.Status, new[] { HttpStatusCode.Found, HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        Assert.False(site.Exceptions.Reader.TryPeek(out _));
    }

    // Some clients always send a JSON body.
    [Theory]
    [InlineData("JSON")]
    [InlineData("text")]
    [InlineData("a multipart body that breaks off")]
    [InlineData("10 MB of one field")]
    public async Task A_body_that_is_not_a_form_causes_no_error_for_a_script_with_the_header(string body)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        using var content = Content(body);
        var response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", content, LoginRequests.OwnScript);

        Assert.Contains(response.Status, new[] { HttpStatusCode.NoContent, HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        Assert.Equal(response.Status is HttpStatusCode.NoContent, !(await browser.SessionAsync()).SignedIn);
        Assert.False(site.Exceptions.Reader.TryPeek(out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_form_with_a_valid_token_is_refused_by_its_size(bool withLength)
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        var token = await browser.TokenAsync();

        SiteResponse response;
        using (var content = new ByteArrayContent(Encoding.ASCII.GetBytes($"{token.Field}={Uri.EscapeDataString(token.Value)}&more={new string('a', 70_000)}")))
        {
            content.Headers.TryAddWithoutValidation("Content-Type", Form);
            if (!withLength)
            {
                content.Headers.ContentLength = null;
            }

            response = await browser.RequestAsync(HttpMethod.Post, "/auth/logout", content, LoginRequests.OwnForm);
        }

        Assert.Contains(response.Status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_form_of_60_kib_with_a_valid_token_signs_out()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();

        var response = await browser.SignOutByFormAsync("/auth/logout", ("more", new string('a', 60 * 1024)));

        response.AssertRedirects("/");
    }

    [Fact]
    public async Task Kestrel_refuses_a_body_of_10_MB_and_the_session_continues()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.Authentication = schemes => schemes.Services.AddRouting();
            setup.AfterAuthentication = app => app.UseRouting().UseEndpoints(LoginSite.MapAuth);
        });
        var browser = await site.SignedInAsync();
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site.Address, "/auth/logout")) { Content = Content("10 MB of one field") };
        request.Headers.TryAddWithoutValidation("Cookie", browser.CookieHeader());
        request.Headers.ExpectContinue = true;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The browser closes the connection before the end of the body.
    [Fact]
    public async Task A_form_whose_connection_is_cut_does_not_end_the_session()
    {
        using var binance = new BinanceStub();
        await using var site = await LoginSite.StartAsync(binance);
        var browser = await site.SignedInAsync();
        using var abort = new CancellationTokenSource();
        var aborted = site.BrowserUntil(abort.Token);
        foreach (var cookie in browser.Jar.Cookies)
        {
            aborted.Jar.Add(cookie);
        }

        using var content = new EndlessForm();
        var sending = aborted.RequestAsync(HttpMethod.Post, "/auth/logout", content, LoginRequests.OwnForm);
        await content.Started;
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(binance.Revocations);
    }

    private static ByteArrayContent Content(string name)
    {
        var (type, body) = _bodies[name];
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body()));
        if (type.Length > 0)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return content;
    }

    private sealed class EndlessForm : HttpContent
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndlessForm() => Headers.ContentType = new MediaTypeHeaderValue(Form);

        public Task Started => _started.Task.WaitAsync(TestContext.Current.CancellationToken);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync("returnUrl=/"u8.ToArray(), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
