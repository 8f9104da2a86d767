using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using static AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support.StartedCookies;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The cookie whose sessions are kept on the server: the one that the Binance schemes sign in to, or the one that the application names.
/// </summary>
public sealed class ChosenCookieTests
{
    private const string Bearer = JwtBearerDefaults.AuthenticationScheme;
    private const string External = "Identity.External";
    private const string Own = "Identity.Application";

    private static readonly Dictionary<string, (Action<IServiceCollection> Configure, string[] OnServer)> _applications = new()
    {
        ["the default scheme"] = (With(builder => builder.AddCookie().AddCookie("Other").AddClient().AddBinanceServerSessions()), ["Cookies"]),
        ["the default sign-in scheme"] = (
            services => services.AddAuthentication(options => (options.DefaultScheme, options.DefaultSignInScheme) = (Bearer, "Other"))
                .AddCookie().AddCookie("Other").AddJwtBearer().AddClient().AddBinanceServerSessions(),
            ["Other"]),
        ["SignInScheme"] = (
            With(builder => builder.AddCookie().AddCookie("Other").AddClient("Binance", "Other").AddBinanceServerSessions()), ["Other"]),
        ["two Binance schemes on one cookie"] = (
            With(builder => builder.AddCookie().AddClient().AddClient("Partner").AddBinanceServerSessions()), ["Cookies"]),
        ["two Binance schemes on two cookies"] = (
            With(builder => builder.AddCookie().AddCookie("Other").AddCookie("Third")
                .AddClient().AddClient("Partner", "Other").AddBinanceServerSessions()),
            ["Cookies", "Other"]),
        ["a policy scheme with ForwardSignIn"] = (
            WithPolicy(policy => policy.ForwardSignIn = "Other", builder => builder.AddCookie("Other").AddClient().AddBinanceServerSessions()),
            ["Other"]),
        ["a policy scheme with ForwardDefault"] = (
            WithPolicy(policy => policy.ForwardDefault = "Other", builder => builder.AddCookie("Other").AddClient().AddBinanceServerSessions()),
            ["Other"]),
        ["a policy scheme that forwards to another"] = (
            WithPolicy(
                policy => policy.ForwardDefault = "Second",
                builder => builder.AddPolicyScheme("Second", null, second => second.ForwardSignIn = "Cookies")
                    .AddClient().AddBinanceServerSessions()),
            ["Cookies"]),
        ["a name beside a selector"] = (
            WithPolicy(policy => policy.ForwardDefaultSelector = _ => "Cookies", builder => builder.AddClient().AddBinanceServerSessions("Cookies")),
            ["Cookies"]),
        ["a name"] = (With(builder => builder.AddCookie().AddCookie("Other").AddClient().AddBinanceServerSessions("Other")), ["Other"]),
        ["two names"] = (
            With(builder => builder.AddCookie().AddCookie("Other").AddCookie("Third").AddClient()
                .AddBinanceServerSessions("Cookies").AddBinanceServerSessions("Third")),
            ["Cookies", "Third"]),
        ["a name without a Binance scheme"] = (With(builder => builder.AddCookie().AddBinanceServerSessions("Cookies")), ["Cookies"]),
        ["a name twice"] = (
            With(builder => builder.AddCookie().AddClient().AddBinanceServerSessions("Cookies").AddBinanceServerSessions("Cookies")), ["Cookies"]),
        ["a call twice"] = (With(builder => builder.AddCookie().AddClient().AddBinanceServerSessions().AddBinanceServerSessions()), ["Cookies"]),
        ["a call before the schemes"] = (With(builder => builder.AddBinanceServerSessions().AddCookie().AddClient()), ["Cookies"]),
        ["a call before the schemes, with a name"] = (
            With(builder => builder.AddBinanceServerSessions("Cookies").AddCookie().AddClient()), ["Cookies"]),
        ["a call between AddBinance and AddCookie"] = (With(builder => builder.AddClient().AddBinanceServerSessions().AddCookie()), ["Cookies"]),
        ["Identity's own cookie by its name"] = (WithIdentity(builder => builder.AddClient().AddBinanceServerSessions(Own)), [Own]),
        ["Identity's external cookie by its name"] = (WithIdentity(builder => builder.AddClient().AddBinanceServerSessions(External)), [External]),
    };

    public static TheoryData<string> Applications => [.. _applications.Keys];

    [Theory]
    [MemberData(nameof(Applications))]
    public async Task The_cookie_that_Binance_signs_in_to_is_kept_on_the_server(string application)
    {
        var (configure, onServer) = _applications[application];

        Assert.Equal(onServer.Order(), (await OnServerAsync(configure)).Order());
    }

    [Fact]
    public void The_names_of_Identity_s_cookies_are_those_of_the_framework()
        => Assert.Equal((IdentityConstants.ApplicationScheme, IdentityConstants.ExternalScheme), (Own, External));
}
