using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support.StartedCookies;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Applications whose sessions cannot be kept on the server. Their start fails with the call or option to change.
/// </summary>
public sealed class RefusedStartTests
{
    private const string Call = "AddBinanceServerSessions";
    private const string NameIt = "Name the cookie";

    private static readonly Dictionary<string, (Action<IServiceCollection> Configure, string[] Words)> _applications = new()
    {
        ["a store of the application's"] = (
            With(builder => builder.AddCookie(AddStore).AddClient().AddBinanceServerSessions()), ["'Cookies'", "SessionStore", Call]),
        ["a store of the application's that is configured later"] = (
            With(builder => builder.AddCookie().AddClient().AddBinanceServerSessions()
                .Services.PostConfigure<CookieAuthenticationOptions>("Cookies", AddStore)),
            ["'Cookies'", "SessionStore", Call]),
        ["a store of the application's that a validation sets"] = (
            services =>
            {
                services.AddAuthentication("Cookies").AddCookie().AddClient().AddBinanceServerSessions();
                services.AddOptions<CookieAuthenticationOptions>("Cookies").Validate(cookie =>
                {
                    AddStore(cookie);
                    return true;
                });
            },
            ["'Cookies'", "SessionStore", Call]),
        ["a cookie that forwards its sign-ins"] = (Forwarding(cookie => cookie.ForwardSignIn = "Other"), ["'Cookies'", "to Other:", Call]),
        ["a cookie that forwards everything"] = (Forwarding(cookie => cookie.ForwardDefault = "Other"), ["'Cookies'", "to Other:", Call]),
        ["a cookie that forwards its sign-ins, and everything else to another one"] = (
            Forwarding(cookie => (cookie.ForwardSignIn, cookie.ForwardDefault) = ("Other", "Cookies")), ["to Other:"]),
        ["a cookie that forwards everything, and has a selector"] = (
            Forwarding(cookie => (cookie.ForwardDefault, cookie.ForwardDefaultSelector) = ("Other", _ => "Cookies")), ["to Other:"]),
        ["a cookie with a selector"] = (Forwarding(cookie => cookie.ForwardDefaultSelector = _ => "Other"), ["'Cookies'", "to another scheme:", Call]),
        ["a cookie whose own options are refused"] = (
            services =>
            {
                services.AddAuthentication("Cookies").AddCookie().AddClient().AddBinanceServerSessions();
                services.AddOptions<CookieAuthenticationOptions>("Cookies").Validate(_ => false, "The application refuses this cookie.");
            },
            ["The application refuses this cookie."]),
        ["a store of the application's on a named cookie"] = (
            With(builder => builder.AddCookie().AddCookie("Other", AddStore).AddClient().AddBinanceServerSessions("Other")),
            ["'Other'", "SessionStore", Call]),
        ["a name that is not there"] = (With(builder => builder.AddCookie().AddClient().AddBinanceServerSessions("Cookie")), ["'Cookie'", Call]),
        ["the name of a bearer token"] = (
            With(builder => builder.AddCookie().AddJwtBearer().AddClient().AddBinanceServerSessions("Bearer")), ["'Bearer'", "is not a cookie", Call]),
        ["the name of a Binance scheme"] = (
            With(builder => builder.AddCookie().AddClient().AddBinanceServerSessions("Binance")), ["'Binance'", "is not a cookie", Call]),
        ["no Binance scheme"] = (With(builder => builder.AddCookie().AddBinanceServerSessions()), [Call, "AddBinance was not called"]),
        ["a policy scheme with a selector"] = (
            WithPolicy(policy => policy.ForwardDefaultSelector = _ => "Cookies", builder => builder.AddClient().AddBinanceServerSessions()),
            [Call, NameIt]),
        ["Identity's external cookie"] = (
            WithIdentity(builder => builder.AddClient().AddBinanceServerSessions()), ["'Binance'", "external cookie", Call, NameIt]),
        ["a maximum of zero"] = (WithOptions(options => options.MaximumLifetime = TimeSpan.Zero), ["MaximumLifetime"]),
        ["a negative maximum"] = (WithOptions(options => options.MaximumLifetime = TimeSpan.FromDays(-1)), ["MaximumLifetime"]),
        ["an infinite maximum"] = (WithOptions(options => options.MaximumLifetime = Timeout.InfiniteTimeSpan), ["MaximumLifetime"]),
        ["a page with a query"] = (WithOptions(options => options.UnavailablePath = "/down?for=now"), ["UnavailablePath"]),
        ["a page with a fragment"] = (WithOptions(options => options.UnavailablePath = "/down#now"), ["UnavailablePath"]),
    };

    public static TheoryData<string> Applications => [.. _applications.Keys];

    [Theory]
    [MemberData(nameof(Applications))]
    public async Task The_error_names_the_call_or_option_to_change(string application)
    {
        var (configure, words) = _applications[application];

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => OnServerAsync(configure));

        var failure = Assert.Single(exception.Failures);
        Assert.All(words, word => Assert.Contains(word, failure, StringComparison.Ordinal));
    }

    private static Action<IServiceCollection> WithOptions(Action<BinanceServerSessionsOptions> configure)
        => With(builder => builder.AddCookie().AddClient().AddBinanceServerSessions(configure));

    private static Action<IServiceCollection> Forwarding(Action<CookieAuthenticationOptions> configure)
        => With(builder => builder.AddCookie(configure).AddCookie("Other").AddClient().AddBinanceServerSessions());

    private static void AddStore(CookieAuthenticationOptions cookie) => cookie.SessionStore = new CookieTicketStore();
}
