using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Cross-site requests with a consent form.</summary>
public sealed class SiteGuardConsentTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(CrossSiteHeaders.ForeignForms), MemberType = typeof(CrossSiteHeaders))]
    public async Task A_consent_form_of_another_site_is_refused(string how, string[] headers)
    {
        var form = await Visitor.OpenConsentAsync();

        using var foreign = await PostConsentAsync(form, headers);
        using var own = await Visitor.DecideAsync(form, "authorize");

        Assert.True(foreign.StatusCode == HttpStatusCode.Forbidden, how);
        Assert.Equal(HttpStatusCode.SeeOther, own.StatusCode);
    }

    [Theory]
    [InlineData("localhost:5210", "http://localhost:5210")]
    [InlineData("LOCALHOST:5210", "http://localhost:5210")]
    [InlineData("localhost", "http://localhost")]
    [InlineData("localhost:80", "http://localhost")]
    [InlineData("[::1]:5210", "http://[::1]:5210")]
    public async Task A_consent_form_of_the_emulators_own_origin_is_accepted(string host, string origin)
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, $"Host: {host}", $"Origin: {origin}", "Sec-Fetch-Site: same-origin");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
    }

    [Theory]
    [InlineData("localhost:5210", "http://localhost:5211")]
    [InlineData("localhost:5210", "http://127.0.0.1:5210")]
    [InlineData("localhost:5210", "https://localhost:5210")]
    [InlineData("localhost", "https://localhost")]
    [InlineData("localhost:5210", "http://localhost")]
    [InlineData("localhost", "http://localhost:8080")]
    [InlineData("localhost:5210", "http://localhost:5210, http://localhost:5210")]
    [InlineData("localhost:5210", "http://localhost:5210/")]
    [InlineData("localhost:5210", "http://user@localhost:5210")]
    [InlineData("localhost:5210", "localhost:5210")]
    [InlineData("localhost:5210", "ftp://localhost:5210")]
    [InlineData("localhost:5210", "null")]
    [InlineData("localhost:5210", "")]
    public async Task A_consent_form_of_another_origin_is_refused(string host, string origin)
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, $"Host: {host}", $"Origin: {origin}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_repeated_origin_is_refused()
    {
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, "Host: localhost:5210", "Origin: http://localhost:5210", "Origin: http://localhost:5210");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    // The proxy in front of an allowed host may terminate TLS.
    [Theory]
    [InlineData("abc.example.com", "https://abc.example.com", HttpStatusCode.SeeOther)]
    [InlineData("ABC.example.com:443", "https://abc.example.com", HttpStatusCode.SeeOther)]
    [InlineData("abc.example.com", "http://abc.example.com", HttpStatusCode.SeeOther)]
    [InlineData("abc.example.com", "https://abc.example.com:8443", HttpStatusCode.Forbidden)]
    [InlineData("abc.example.com", "https://app.example.com", HttpStatusCode.Forbidden)]
    public async Task The_scheme_of_an_allowed_host_can_be_that_of_its_proxy(string host, string origin, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("abc.example.com");
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, $"Host: {host}", $"Origin: {origin}", "X-Forwarded-Proto: https");

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_scheme_of_an_allowed_loopback_name_can_be_that_of_its_proxy()
    {
        Emulator.Options.AllowedHosts.Add("localhost");
        var form = await Visitor.OpenConsentAsync();

        using var response = await PostConsentAsync(form, "Host: localhost:8443", "Origin: https://localhost:8443", "Sec-Fetch-Site: same-origin");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
    }

    private async Task<HttpResponseMessage> PostConsentAsync(ConsentForm form, params string[] headers)
    {
        using var request = Requests.Create(HttpMethod.Post, form.Action, headers);
        request.Content = new FormUrlEncodedContent([new("consent", form.Id), new("user", BinanceEmulatorDefaults.UserId), new("decision", "authorize")]);
        return await Visitor.Http.SendAsync(request, Cancellation);
    }
}
