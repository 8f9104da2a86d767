using System.Net;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Emulator.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The guard of the control API's routes.</summary>
public sealed class ControlGuardTests
{
    private const string Key = "a-key-of-16-chars";

    private readonly BinanceEmulatorOptions _options = new();

    [Theory]
    [InlineData]
    [InlineData("Origin: http://localhost:5210")]
    [InlineData("Origin: http://localhost:5210", "Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    public void A_program_and_the_emulators_own_page_are_allowed(params string[] headers)
        => Assert.Null(Check(headers));

    [Theory]
    [InlineData("Origin: https://app.example")]
    [InlineData("Origin: http://localhost:5300")]
    [InlineData("Origin: http://127.0.0.1:5210")]
    [InlineData("Origin: https://listed.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: ")]
    [InlineData("Origin: http://localhost:5210", "Origin: http://localhost:5210")]
    [InlineData("Origin: http://localhost:5210", "Sec-Fetch-Site: same-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("Via: 1.1 proxy")]
    [InlineData("Host: emulator.example")]
    public void Everything_else_is_refused_with_a_reason(params string[] headers)
    {
        _options.AllowedOrigins.Add("https://listed.example");

        var (status, error) = Check(headers)!.Value;

        Assert.Equal(403, status);
        Assert.NotEqual("", error);
    }

    [Theory]
    [InlineData]
    [InlineData("X-Binance-Emulator-Key: wrong")]
    [InlineData("Host: emulator:5210")]
    public void With_an_allowed_host_the_key_is_needed(params string[] headers)
    {
        Open();

        var (status, error) = Check(headers)!.Value;

        Assert.Equal(401, status);
        Assert.Contains("X-Binance-Emulator-Key", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Binance-Emulator-Key: a-key-of-16-chars")]
    [InlineData("X-Binance-Emulator-Key: a-key-of-16-chars", "Host: emulator:5210", "X-Forwarded-For: 203.0.113.9")]
    public void A_program_with_the_key_is_allowed(params string[] headers)
    {
        Open();

        Assert.Null(Check(headers));
    }

    [Fact]
    public void A_resource_without_a_key_is_guarded_too()
    {
        Open();

        Assert.Null(Check([], needsKey: false));
        Assert.Equal(403, Check(["Sec-Fetch-Site: cross-site"], needsKey: false)!.Value.Status);
    }

    [Fact]
    public void A_page_of_another_site_is_refused_with_the_key_too()
    {
        Open();

        Assert.Equal(403, Check([$"X-Binance-Emulator-Key: {Key}", "Origin: https://app.example"])!.Value.Status);
    }

    private void Open()
    {
        _options.ControlKey = Key;
        _options.AllowedHosts.Add("emulator");
    }

    private (int Status, string Error)? Check(string[] headers, bool needsKey = true)
    {
        var context = new DefaultHttpContext { Request = { Method = "POST", Scheme = "http", Host = new("localhost:5210") } };
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        foreach (var header in headers.Select(header => header.Split(": ", 2)))
        {
            context.Request.Headers[header[0]] = header[0] == "Host" ? header[1] : StringValues.Concat(context.Request.Headers[header[0]], header[1]);
        }

        if (new EmulatorGuard(_options).CheckControl(context, needsKey) is not { } refusal)
        {
            return null;
        }

        using var json = JsonDocument.Parse(refusal.Body);
        return (refusal.Status, Assert.Single(json.RootElement.EnumerateObject(), property => property.Name == "error").Value.GetString()!);
    }
}
