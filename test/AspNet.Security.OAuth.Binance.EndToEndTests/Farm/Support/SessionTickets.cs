using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Reads and writes the sample's session cookie with the farm's own keys, as whoever can read Redis can. The sites run by the clock
/// of the machine; a test that needs an old session makes one.
/// </summary>
internal sealed class SessionTickets : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly TicketDataFormat _format;

    public SessionTickets(IConnectionMultiplexer redis)
    {
        var services = new ServiceCollection();
        services.AddDataProtection()
            .SetApplicationName("SampleWeb")
            .PersistKeysToStackExchangeRedis(redis, "SampleWeb:DataProtection-Keys")
            .DisableAutomaticKeyGeneration();
        _services = services.BuildServiceProvider();

        // The purposes of the cookie handler for the scheme "Cookies".
        _format = new TicketDataFormat(_services.GetDataProtector(
            "Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware", "Cookies", "v2"));
    }

    /// <summary>The same session with tokens that expired an hour ago.</summary>
    public string WithExpiredTokens(string cookie, DateTimeOffset now)
    {
        var ticket = Read(cookie);
        Assert.True(ticket.Properties.UpdateTokenValue("expires_at", now.AddHours(-1).ToString("o", CultureInfo.InvariantCulture)));
        return _format.Protect(ticket);
    }

    /// <summary>The access token that a session holds.</summary>
    public string AccessToken(string cookie) => Read(cookie).Properties.GetTokenValue("access_token")!;

    public void Dispose() => _services.Dispose();

    private AuthenticationTicket Read(string cookie)
        => _format.Unprotect(cookie) ?? throw new InvalidOperationException("The farm's keys do not read this cookie.");
}
