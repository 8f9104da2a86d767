using AspNet.Security.OAuth.Binance;
using IdentitySite.Data;
using Microsoft.EntityFrameworkCore;

namespace IdentitySite;

/// <summary>
/// Reads the Binance account of each user once a day, without a request of the user.
/// </summary>
public sealed partial class DailyCheck(IServiceScopeFactory scopes, BinanceTokenService binance, TimeProvider time, ILogger<DailyCheck> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            var tokens = scope.ServiceProvider.GetRequiredService<BinanceUserTokens<AppUser>>();
            foreach (var user in await UsersAsync(scope.ServiceProvider.GetRequiredService<ApplicationDbContext>(), stoppingToken))
            {
                LogChecked(user.Id, await CheckAsync(tokens, user, stoppingToken));
            }
        }
    }

    private static Task<AppUser[]> UsersAsync(ApplicationDbContext database, CancellationToken cancellationToken) => database.Users
        .Where(user => database.UserLogins.Any(login => login.UserId == user.Id && login.LoginProvider == BinanceAuthenticationDefaults.AuthenticationScheme))
        .ToArrayAsync(cancellationToken);

    private async Task<string> CheckAsync(BinanceUserTokens<AppUser> tokens, AppUser user, CancellationToken cancellationToken)
    {
        try
        {
            if (await tokens.GetAccessTokenAsync(user, cancellationToken: cancellationToken) is not { } accessToken)
            {
                return "the user has to sign in with Binance again";
            }

            var account = await binance.GetUserAsync(accessToken, cancellationToken: cancellationToken);
            return account.Email is null ? "the account has no e-mail address" : "the account has an e-mail address";
        }
        catch (BinanceAuthenticationException exception)
        {
            return $"Binance could not be called ({exception.Failure}), and is called again tomorrow";
        }
    }

    [LoggerMessage(LogLevel.Information, "Checked user {User}: {Result}.")]
    private partial void LogChecked(string user, string result);
}
