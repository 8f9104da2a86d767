using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Sample;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// Attacks on the sample's pages: injected text, frames, and forged forms.
/// </summary>
public sealed class SamplePageAttackTests(SampleFactory sample) : IClassFixture<SampleFactory>
{
    private const string Markup = "<script>alert(1)</script><img src=x onerror=alert(1)>";

    [Theory]
    [InlineData("error=" + Markup)]
    [InlineData("error=invalid_scope&error_description=" + Markup)]
    [InlineData("error=access_denied&error_description=" + Markup)]
    [InlineData("error=server_error&error_uri=javascript:alert(1)")]
    [InlineData("error=server_error&error_description=one\r\nSet-Cookie: planted=1")]
    public async Task The_text_of_an_authorize_error_is_on_no_page_and_in_no_header(string query)
    {
        using var visitor = new SampleVisitor(sample);
        using var challenge = await visitor.GetAsync("/account/login?returnUrl=%2Fprofile");
        var state = new AuthorizeRequest(challenge.Headers.Location!).State;
        var encoded = string.Join('&', query.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => pair[0] + "=" + Uri.EscapeDataString(pair[1])));

        using var response = await visitor.GetAsync($"/signin-binance?state={Uri.EscapeDataString(state)}&{encoded}");
        using var page = await visitor.GetAsync(response.Headers.Location!.OriginalString);
        var text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.All([text, WebUtility.HtmlDecode(text), response.Headers.ToString(), page.Headers.ToString()], seen =>
        {
            Assert.DoesNotContain("alert(1)", WebUtility.UrlDecode(seen), StringComparison.Ordinal);
            Assert.DoesNotContain("planted", seen, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/profile")]
    [InlineData("/account/failed?failure=timeout")]
    public async Task No_site_can_frame_a_page_and_forms_post_to_this_site_only(string path)
    {
        using var visitor = new SampleVisitor(sample);
        using var signedIn = await visitor.SignInAsync();

        using var page = await visitor.GetAsync(path);

        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy")).Split("; ");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("form-action 'self'", policy);
        Assert.Contains("base-uri 'none'", policy);
    }

    [Fact]
    public async Task The_form_token_of_another_visitor_does_not_sign_the_user_out()
    {
        using var victim = new SampleVisitor(sample);
        using var attacker = new SampleVisitor(sample);
        using var victimSignedIn = await victim.SignInAsync();
        using var attackerSignedIn = await attacker.SignInAsync();

        // The victim has a token cookie of their own, too.
        Assert.NotEmpty(await victim.AntiforgeryTokenAsync());
        using var forged = await victim.PostAsync("/account/logout", await attacker.AntiforgeryTokenAsync());
        using var me = await victim.GetAsync("/api/me");

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }
}
