using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// The address in the arguments of the browser's process, which every user of the machine can read.
/// </summary>
public sealed class StartAddressTests
{
    [Fact]
    public async Task Start_address_redirects_to_the_authorization_request_and_does_not_contain_it()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var address = signIn.Request.LaunchUrl;

        var started = await signIn.GetAsync(address.PathAndQuery);

        Assert.Equal((303, signIn.Request.Url.AbsoluteUri), (started?.Status, started?["Location"]));
        Assert.Equal(("no-store", "no-referrer"), (started!["Cache-Control"], started["Referrer-Policy"]));
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/start/[A-Za-z0-9_-]{43}$", address.AbsoluteUri);
        foreach (var parameter in signIn.Request.Url.Query[1..].Split('&').Where(parameter => parameter.StartsWith("state=", StringComparison.Ordinal) || parameter.StartsWith("code_challenge=", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(parameter.Split('=')[1], address.AbsoluteUri, StringComparison.Ordinal);
        }

        await signIn.FinishAsync();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Each_sign_in_has_its_own_start_address()
    {
        await using var one = await LoopbackSignIn.StartAsync();
        await using var another = await LoopbackSignIn.StartAsync();

        Assert.NotEqual(one.Request.LaunchUrl.AbsolutePath, another.Request.LaunchUrl.AbsolutePath);
        Assert.Equal(404, (await one.GetAsync(another.Request.LaunchUrl.AbsolutePath))?.Status);
    }

    [Theory]
    [InlineData("en", "opened twice")]
    [InlineData("tr", "iki kez açıldı")]
    public async Task Start_address_that_is_requested_twice_ends_the_sign_in(string language, string text)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var path = signIn.Request.LaunchUrl.AbsolutePath;
        await signIn.GetAsync(path);

        var second = await signIn.GetAsync(path, $"Accept-Language: {language}\r\n");

        Assert.Equal(410, second?.Status);
        Assert.Null(second!["Location"]);
        Assert.Contains(text, second.Body, StringComparison.Ordinal);
        await signIn.FailsAsync(BinanceFailure.InvalidState);
        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => signIn.Session);
        Assert.Contains("requested twice", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("start/", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_address_that_is_requested_concurrently_redirects_once_and_ends_the_sign_in()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var path = signIn.Request.LaunchUrl.AbsolutePath;

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            try
            {
                return (await signIn.GetAsync(path))?.Status;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return null;
            }
        })));

        Assert.Single(responses, status => status is 303);
        await signIn.FailsAsync(BinanceFailure.InvalidState);
    }

    [Theory]
    [InlineData("GET", "Sec-Purpose: prefetch\r\n", HttpStatusCode.ServiceUnavailable)]
    [InlineData("GET", "Purpose: prefetch\r\n", HttpStatusCode.ServiceUnavailable)]
    [InlineData("HEAD", "", HttpStatusCode.NotFound)]
    [InlineData("POST", "Content-Length: 0\r\n", HttpStatusCode.NotFound)]
    [InlineData("GET", "Host: attacker.example\r\n", HttpStatusCode.NotFound)]
    public async Task Start_address_is_used_up_by_a_navigation_only(string method, string headers, HttpStatusCode status)
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var path = signIn.Request.LaunchUrl.AbsolutePath;

        for (var i = 0; i < 2; i++)
        {
            var refused = await signIn.SendAsync($"{method} {path} HTTP/1.1\r\nHost: {signIn.Authority}\r\n{headers}\r\n");
            Assert.Equal(((int)status, ""), (refused?.Status, refused?.Body));
            Assert.Null(refused!["Location"]);
        }

        Assert.Equal(303, (await signIn.GetAsync(path))?.Status);
        await signIn.FinishAsync();
        await signIn.SucceedsAsync();
    }

    [Fact]
    public async Task Start_address_with_a_suffix_is_not_found()
    {
        await using var signIn = await LoopbackSignIn.StartAsync();
        var path = signIn.Request.LaunchUrl.AbsolutePath;

        Assert.Equal([404, 404, 404], await Task.WhenAll(((string[])["?x", "/", "a"]).Select(async end => (await signIn.GetAsync(path + end))?.Status)));

        Assert.Equal(303, (await signIn.GetAsync(path))?.Status);
    }
}
