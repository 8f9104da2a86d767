using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class ProofKeyTests
{
    [Fact]
    public async Task Code_challenge_is_the_s256_of_the_verifier_that_the_code_is_exchanged_with()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithCodeAsync(request);

        Assert.Equal(request.Query["code_challenge"], S256(VerifierSentTo(binance)));
    }

    [Fact]
    public async Task Example_of_rfc_7636_appendix_b_holds()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        // The verifier is random: the test replaces it by the example's in a genuine state. The verifier that is sent hashes to the example's
        // challenge, so that it is unchanged, and the hash of the test above is the right one.
        var request = await browser.ChallengeAsync();
        var properties = site.Options.StateDataFormat.Unprotect(request.State)!;
        properties.Items["code_verifier"] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var state = site.Options.StateDataFormat.Protect(properties);
        await browser.ReturnWithQueryAsync(new() { ["code"] = SiteBrowser.Code, ["state"] = state });

        Assert.Equal("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", VerifierSentTo(binance));
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", S256(VerifierSentTo(binance)));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Verifier_is_new_for_each_sign_in_and_as_long_as_rfc_7636_requires()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser().SignInAsync();
        await site.Browser().SignInAsync();
        var verifiers = binance.TokenRequests.Select(request => QueryHelpers.ParseQuery(request.Body)["code_verifier"].Single()!).ToArray();

        Assert.Equal(2, verifiers.Distinct(StringComparer.Ordinal).Count());
        Assert.All(verifiers, verifier => Assert.Matches("^[A-Za-z0-9._~-]{43,128}$", verifier));
    }

    [Fact]
    public async Task Verifier_is_sent_only_in_the_token_request()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        var cookies = string.Join(' ', browser.Jar.Cookies);
        var response = await browser.ReturnWithCodeAsync(request);
        var session = await browser.SessionAsync();
        var verifier = VerifierSentTo(binance);

        Assert.True(session.SignedIn);
        Assert.DoesNotContain(verifier, request.Url.AbsoluteUri, StringComparison.Ordinal);
        Assert.DoesNotContain(verifier, cookies, StringComparison.Ordinal);
        Assert.DoesNotContain(verifier, response.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(verifier, site.LogText, StringComparison.Ordinal);
        Assert.DoesNotContain("code_verifier", session.Items.Keys);
        Assert.DoesNotContain(verifier, session.Items.Values);
        Assert.All(binance.UserRequests, user => Assert.DoesNotContain(verifier, user.Url + user.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_pkce_neither_challenge_nor_verifier_is_sent()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.UsePkce = false);
        var browser = site.Browser();

        var request = await browser.ChallengeAsync();
        await browser.ReturnWithCodeAsync(request);

        Assert.DoesNotContain("code_challenge", request.Query.Keys);
        Assert.DoesNotContain("code_challenge_method", request.Query.Keys);
        Assert.DoesNotContain("code_verifier", Assert.Single(binance.TokenRequests).Body, StringComparison.Ordinal);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static string VerifierSentTo(BinanceStub binance)
        => QueryHelpers.ParseQuery(Assert.Single(binance.TokenRequests).Body)["code_verifier"].Single()!;

    private static string S256(string verifier) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
