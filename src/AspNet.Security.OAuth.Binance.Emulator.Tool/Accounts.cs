namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Checks what can be checked only once the accounts are there: the configuration file may bring others.</summary>
internal static class Accounts
{
    /// <exception cref="UsageException">There is no such account.</exception>
    public static void Check(BinanceEmulator binance)
    {
        if (binance.Options is { AutoApprove: true, AutoApproveUser: { } user } && binance.Users.Find(user) is null)
        {
            throw new UsageException($"--auto-approve: there is no account with the user id '{user}'. There are: {string.Join(", ", binance.Users.Select(known => known.UserId))}.");
        }
    }
}
