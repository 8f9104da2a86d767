using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>Cross-site requests to the authorize page.</summary>
public sealed class SiteGuardAuthorizeTests : EmulatorTest
{
    // A request that the guard lets pass is held, and has no response.
    private static readonly TimeSpan _held = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(CrossSiteHeaders.Embedded), MemberType = typeof(CrossSiteHeaders))]
    public async Task Another_site_cannot_embed_the_authorize_page_or_use_up_a_fault(string how, string[] headers)
    {
        Visitor.Http.Timeout = _held;
        Emulator.Options.AutoApprove = true;
        Emulator.Options.MaxCodes = 1;
        var code = await Visitor.GetCodeAsync();
        Emulator.Faults.Next(EmulatorEndpoint.Authorize, EmulatorFault.Status(500));
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Authorize);

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, Visitor.AuthorizeUrl(), headers);

        Assert.True(response.StatusCode == HttpStatusCode.Forbidden, how);
        Assert.Null(response.Headers.Location);
        Assert.Equal((1, 0), (Emulator.Faults.PendingCount, hold.Arrived));
        using var redeemed = await Visitor.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
        Assert.Equal([302, 403], Emulator.Requests.To(EmulatorEndpoint.Authorize).Select(request => request.Status));
    }

    [Theory]
    [MemberData(nameof(CrossSiteHeaders.Opened), MemberType = typeof(CrossSiteHeaders))]
    public async Task The_authorize_page_can_be_opened_from_any_site(string how, string[] headers)
    {
        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, Visitor.AuthorizeUrl(), headers);

        Assert.True(response.StatusCode == HttpStatusCode.OK, how);
    }

    // An allowed name over plain HTTP: browsers send it no Fetch Metadata.
    [Theory]
    [InlineData("http://shop.example.com/", "text/html,application/xhtml+xml,*/*;q=0.8", HttpStatusCode.OK)]
    [InlineData("http://emulator:5210/emulator", "*/*", HttpStatusCode.OK)]
    [InlineData("http://shop.example.com/", "*/*", HttpStatusCode.Forbidden)]
    public async Task The_authorize_page_can_be_opened_from_any_site_without_Fetch_Metadata(string referer, string accept, HttpStatusCode status)
    {
        Emulator.Options.AllowedHosts.Add("emulator");

        using var response = await Visitor.Http.SendAsync(HttpMethod.Get, Visitor.AuthorizeUrl(), "Host: emulator:5210", $"Referer: {referer}", $"Accept: {accept}");

        Assert.Equal(status, response.StatusCode);
    }

    // A prefetch is no decision of the user.
    [Theory]
    [InlineData("Sec-Purpose: prefetch")]
    [InlineData("Sec-Purpose: prefetch;prerender")]
    [InlineData("Purpose: prefetch")]
    [InlineData("X-Purpose: preview")]
    public async Task A_prefetch_of_the_authorize_page_is_refused(string purpose)
    {
        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, Visitor.AuthorizeUrl(), "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", purpose);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_authorize_page_can_be_in_a_frame_of_the_emulator()
    {
        using var response = await Visitor.Http.SendAsync(
            HttpMethod.Get, Visitor.AuthorizeUrl(), "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
