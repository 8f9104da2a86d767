using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The lists <see cref="BinanceEmulatorOptions.AllowedOrigins"/> and <see cref="BinanceEmulatorOptions.AllowedHosts"/>: which entries they accept.</summary>
public sealed class AllowListTests
{
    private const string Origin = "https://app.example";

    private readonly BinanceEmulatorOptions _options = new();

    [Theory]
    [InlineData("https://app.example/", "https://app.example")]
    [InlineData("https://app.example/callback", "https://app.example")]
    [InlineData("https://app.example?", "https://app.example")]
    [InlineData("https://app.example?a=b", "https://app.example")]
    [InlineData("https://app.example#", "https://app.example")]
    [InlineData("https://user@app.example", "https://app.example")]
    [InlineData("https://@app.example", "https://app.example")]
    [InlineData("https://app.example:443", "https://app.example")]
    [InlineData("http://localhost:80", "http://localhost")]
    [InlineData("http://localhost:", "http://localhost")]
    [InlineData("http://localhost:05300", "http://localhost:5300")]
    [InlineData("https://APP.example", "https://app.example")]
    [InlineData("HTTPS://app.example", "https://app.example")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("http://127.1:5300", "http://127.0.0.1:5300")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:5300", "http://[::1]:5300")]
    [InlineData(" https://app.example", "https://app.example")]
    [InlineData("https:/app.example", null)]
    [InlineData("https:app.example", null)]
    [InlineData("https://app.example:65536", null)]
    [InlineData("https://*.app.example", null)]
    [InlineData("https://*", null)]
    [InlineData("https://", null)]
    [InlineData("app.example", null)]
    [InlineData("localhost:5300", null)]
    [InlineData("//app.example", null)]
    [InlineData("file:///", null)]
    [InlineData("ws://app.example", null)]
    [InlineData("com.example.app://callback", null)]
    [InlineData("*", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    public void An_entry_that_is_not_an_origin_is_refused_with_the_format(string entry, string? meant)
    {
        var exception = Assert.Throws<ArgumentException>(() => _options.AllowedOrigins.Add(entry));

        Assert.StartsWith($"'{entry}' is not an origin. An origin is http:// or https://, a host ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(meant is not null, exception.Message.Contains($" Did you mean {meant}?", StringComparison.Ordinal));
        Assert.Equal(meant is not null, exception.Message.Contains(" Did you mean ", StringComparison.Ordinal));
        Assert.Empty(_options.AllowedOrigins);
    }

    [Theory]
    [InlineData("http://emulator", "emulator")]
    [InlineData("https://abc.example.com/", "abc.example.com")]
    [InlineData("emulator:5210", "emulator")]
    [InlineData("[::1]:5210", "[::1]")]
    [InlineData("::1", null)]
    [InlineData("emulator/", "emulator")]
    [InlineData("emulator/path", "emulator")]
    [InlineData("emulator?", "emulator")]
    [InlineData("user@emulator", "emulator")]
    [InlineData(" emulator", null)]
    [InlineData("127.1", "127.0.0.1")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("*", null)]
    [InlineData("*.example.com", null)]
    [InlineData(".example.com", null)]
    [InlineData("a b", null)]
    [InlineData("a,b", null)]
    [InlineData(" ", null)]
    [InlineData("", null)]
    public void An_entry_that_is_not_a_host_name_is_refused_with_the_format(string entry, string? meant)
    {
        var exception = Assert.Throws<ArgumentException>(() => _options.AllowedHosts.Add(entry));

        Assert.StartsWith($"'{entry}' is not a host name. A host name has no scheme, port, path or wildcard", exception.Message, StringComparison.Ordinal);
        Assert.Equal(meant is not null, exception.Message.Contains($" Did you mean {meant}?", StringComparison.Ordinal));
        Assert.Equal(meant is not null, exception.Message.Contains(" Did you mean ", StringComparison.Ordinal));
        Assert.Empty(_options.AllowedHosts);
    }

    // These names have no ASCII form (IDNA), so that no browser sends them.
    [Fact]
    public void A_name_without_an_ascii_form_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _options.AllowedHosts.Add("xn--ü"));
        Assert.Throws<ArgumentException>(() => _options.AllowedOrigins.Add("http://xn--ü"));
    }

    [Fact]
    public void Origins_are_a_set()
    {
        var origins = _options.AllowedOrigins;
        origins.Add(Origin);
        origins.Add("http://localhost:5300");
        origins.Add(Origin);

        Assert.Equal([Origin, "http://localhost:5300"], origins);
        Assert.True(origins.Remove(Origin));
        Assert.False(origins.Remove(Origin));
        Assert.Equal(["http://localhost:5300"], origins);
        Assert.Throws<ArgumentNullException>(() => origins.Add(null!));
    }

    [Fact]
    public void Host_names_are_a_set_without_case()
    {
        var hosts = _options.AllowedHosts;
        hosts.Add("emulator");
        hosts.Add("EMULATOR");
        hosts.Add("abc.example.com");

        Assert.Equal(["emulator", "abc.example.com"], hosts);
        Assert.True(hosts.Contains("Emulator"));
        Assert.True(hosts.Remove("eMulator"));
        Assert.False(hosts.Remove("emulator"));
        hosts.Clear();
        Assert.Empty(hosts);
        Assert.Throws<ArgumentNullException>(() => hosts.Add(null!));
    }

    // A value that a thread has added is in the list until the same thread removes it.
    [Fact]
    public void Concurrent_changes_are_not_lost()
    {
        var origins = _options.AllowedOrigins;
        using var start = new Barrier(4);
        var lost = 0;
        Thread[] threads = [.. Enumerable.Range(5300, start.ParticipantCount).Select(port => new Thread(() =>
        {
            var origin = $"http://localhost:{port}";
            start.SignalAndWait();
            for (var i = 0; i < 50_000; i++)
            {
                origins.Add(origin);
                if (!origins.Contains(origin) || !origins.Remove(origin))
                {
                    Interlocked.Increment(ref lost);
                }
            }
        }))];

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(0, lost);
        Assert.Empty(origins);
    }
}
