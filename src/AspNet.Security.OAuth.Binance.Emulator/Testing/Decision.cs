using AspNet.Security.OAuth.Binance.Emulator.Endpoints;

namespace AspNet.Security.OAuth.Binance.Emulator.Testing;

/// <summary>What the user decides, as a parameter of the authorize request.</summary>
internal sealed record Decision(string Parameter, string Value)
{
    public static Decision Deny { get; } = new(AuthorizeEndpoint.DecisionParameter, "deny");

    /// <summary>Gets a value indicating whether the emulator may show a page after it, and not redirect: <see cref="DenialBehavior.StayOnPage"/>.</summary>
    public bool MayEndAtTheEmulator => this == Deny;

    /// <param name="user">Who approves.</param>
    /// <param name="isAnybody">Whether any user would do.</param>
    public static Decision Approve(EmulatorUser user, bool isAnybody) => new(AuthorizeEndpoint.UserParameter, user.UserId) { IsAnybody = isAnybody };

    private bool IsAnybody { get; init; }

    /// <summary>Whether <see cref="BinanceEmulatorOptions.AutoApprove"/> decides the same.</summary>
    public bool IsMadeBy(BinanceEmulatorOptions options) => options.AutoApprove && (IsAnybody || options.AutoApproveUser == Value);
}
