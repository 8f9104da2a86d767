namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Who the user is at Binance.
/// </summary>
/// <param name="userId">The stable identifier.</param>
/// <param name="email">The e-mail address, if there is one and the application may read it.</param>
public sealed class BinanceUser(string userId, string? email)
{
    /// <summary>
    /// The stable identifier.
    /// </summary>
    public string UserId { get; } = userId;

    /// <summary>
    /// The e-mail address, or <see langword="null"/> if there is none or the application may not read it.
    /// </summary>
    public string? Email { get; } = email;
}
