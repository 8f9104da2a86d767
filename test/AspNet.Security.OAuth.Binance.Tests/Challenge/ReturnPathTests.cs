using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

public sealed class ReturnPathTests
{
    [Theory]
    [InlineData("//evil.example/x?y=1", "/evil.example/x?y=1")]
    [InlineData("///evil.example", "/evil.example")]
    [InlineData("/\\evil.example", "/%5Cevil.example")]
    [InlineData("/page?y=//z", "/page?y=//z")]
    [InlineData("/", "/")]
    public async Task A_challenge_of_the_current_page_returns_to_a_path_on_this_site(string requested, string returned)
    {
        using var binance = new BinanceStub();
        var parts = requested.Split('?', 2);
        await using var site = await TestSite.StartAsync(binance, setup
            => setup.Pages[parts[0]] = context => context.ChallengeAsync(BinanceAuthenticationDefaults.AuthenticationScheme));

        var response = await site.Server.SendAsync(
            context =>
            {
                context.Request.Scheme = "https";
                context.Request.Host = new("site.example");
                context.Request.Path = parts[0];
                context.Request.QueryString = parts.Length == 2 ? new("?" + parts[1]) : default;
            },
            TestContext.Current.CancellationToken);

        var state = new AuthorizeRequest(new Uri(response.Response.Headers.Location.ToString())).State;
        Assert.Equal(returned, site.Options.StateDataFormat.Unprotect(state)!.RedirectUri);
    }
}
