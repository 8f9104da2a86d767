using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The control key, which the status page requires while other machines are allowed.</summary>
public sealed class ControlKeyTests : ControlKeyTest
{
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Without_allowed_hosts_no_key_is_required(string page)
    {
        using var response = await GetAsync(page);
        using var superfluous = await GetAsync($"{page}?key=any");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (response.StatusCode, superfluous.StatusCode));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task With_an_allowed_host_everybody_needs_the_key_and_learns_where_it_is_shown(string page)
    {
        Open();

        using var here = await GetAsync(page);
        using var there = await GetAsync(page, "Host: abc.example.com");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (here.StatusCode, there.StatusCode));
        Assert.NotEmpty(here.Headers.WwwAuthenticate);
        var html = await here.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("in its console or its log", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain(BinanceEmulatorDefaults.ClientId, html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/emulator.css", HttpStatusCode.OK)]
    [InlineData("/emulator.svg", HttpStatusCode.OK)]
    [InlineData("authorize", HttpStatusCode.OK)]
    [InlineData("/oauth-api/v1/user-info", HttpStatusCode.Unauthorized)]
    public async Task A_sign_in_needs_no_key(string path, HttpStatusCode status)
    {
        Open();

        using var response = await GetAsync(path == "authorize" ? Visitor.AuthorizeUrl() : path, "Host: abc.example.com");

        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("BinanceEmulatorKey", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?key=")]
    [InlineData("?key=wrong-key-of-16-chars")]
    [InlineData("?key=A-KEY-OF-16-CHARS%2B%2F%3D%26%25")]
    [InlineData("?Key=a-key-of-16-chars%2B%2F%3D%26%25")]
    [InlineData("?key=a-key-of-16-chars%2B%2F%3D%26%25&key=a-key-of-16-chars%2B%2F%3D%26%25")]
    [InlineData("?key=a-key-of-16-chars%2B%2F%3D%26%25&key=x")]
    public async Task A_wrong_or_repeated_key_is_refused(string query)
    {
        Open();

        using var response = await GetAsync("/" + query);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_POST_with_the_key_in_the_query_is_refused()
    {
        Open();

        using var response = await Visitor.Http.SendAsync(HttpMethod.Post, "/" + KeyQuery);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("X-Binance-Emulator-Key: a-key-of-16-chars+/=&%", HttpStatusCode.OK)]
    [InlineData("x-binance-emulator-key: a-key-of-16-chars+/=&%", HttpStatusCode.OK)]
    [InlineData("X-Binance-Emulator-Key: a-key-of-16-chars", HttpStatusCode.Unauthorized)]
    [InlineData("X-Binance-Emulator-Key: ", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie: binance-emulator-key=a-key-of-16-chars", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie: binance-emulator-key=0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.Unauthorized)]
    [InlineData("Cookie: binance-emulator-key", HttpStatusCode.Unauthorized)]
    public async Task A_program_sends_the_key_in_a_header(string header, HttpStatusCode status)
    {
        Open();

        using var response = await GetAsync("/", header);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_repeated_header_is_refused()
    {
        Open();

        using var response = await GetAsync("/", $"X-Binance-Emulator-Key: {Key}", $"X-Binance-Emulator-Key: {Key}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/?key={0}")]
    [InlineData("/?k%65y={0}&a=1")]
    [InlineData("/?KEY={0}")]
    [InlineData("/emulator?key=x&key={0}")]
    [InlineData("/emulator/?key={0}")]
    [InlineData("/nothing?key={0}")]
    [InlineData("/oauth/authorize?key={0}")]
    [InlineData("/oauth-api/v1/user-info?a=1&state={0}")]
    public async Task The_key_is_not_in_the_journal(string path)
    {
        Open();
        var encoded = Uri.EscapeDataString(Key);

        using var response = await GetAsync(string.Format(null, path, encoded), $"X-Binance-Emulator-Key: {Key}");

        var request = Assert.Single(Emulator.Requests);
        var text = string.Join('\n', [request.Path, request.RawQuery, .. request.Query.Select(parameter => $"{parameter.Key}={parameter.Value}"), request.ResponseBody]);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain(encoded, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_rest_of_the_query_is_in_the_journal()
    {
        using var response = await GetAsync("/?a=1&key=anything&b=%20&a=2");

        var request = Assert.Single(Emulator.Requests);
        Assert.Equal("?a=1&b=%20&a=2", request.RawQuery);
        Assert.Equal([new("a", "1"), new("b", " "), new("a", "2")], request.Query);
    }

    [Fact]
    public async Task A_key_after_more_parameters_than_are_read_is_not_in_the_journal()
    {
        using var response = await GetAsync($"/?{string.Join('&', Enumerable.Range(0, 70).Select(number => $"p{number}=1"))}&key=the-key-after-all");

        Assert.DoesNotContain("the-key-after-all", Assert.Single(Emulator.Requests).RawQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_emulator_has_a_random_key()
    {
        await using var other = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);

        Assert.Matches("^[0-9a-f]{32}$", Emulator.Options.ControlKey);
        Assert.NotEqual(Emulator.Options.ControlKey, other.Options.ControlKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fifteen-letters")]
    [InlineData("sixteen letters!")]
    [InlineData("sixteen-letters\n")]
    [InlineData("sixteen-letters\u007f")]
    [InlineData("sixteen-lettersü")]
    [InlineData(null)]
    public void A_short_or_unprintable_key_throws(string? key)
    {
        var before = Emulator.Options.ControlKey;

        var exception = Assert.ThrowsAny<ArgumentException>(() => Emulator.Options.ControlKey = key!);

        Assert.Contains("16 characters", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, Emulator.Options.ControlKey);
    }

    [Fact]
    public void A_key_of_sixteen_characters_is_accepted()
    {
        Emulator.Options.ControlKey = "sixteen-letters!";

        Assert.Equal("sixteen-letters!", Emulator.Options.ControlKey);
    }
}
