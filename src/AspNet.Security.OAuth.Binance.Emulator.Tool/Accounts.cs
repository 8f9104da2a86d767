namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Checks the account of <c>--auto-approve</c> after the configuration file, which may contain other accounts, was read.</summary>
internal static class Accounts
{
    /// <exception cref="UsageException">There is no such account.</exception>
    public static void Check(BinanceEmulator binance)
    {
        if (binance.Options is { AutoApprove: true, AutoApproveUser: { } user } && binance.Users.Find(user) is null)
        {
            throw new UsageException($"--auto-approve: there is no account with the user id '{user}'. Accounts: {string.Join(", ", binance.Users.Select(known => known.UserId))}.");
        }
    }
}
