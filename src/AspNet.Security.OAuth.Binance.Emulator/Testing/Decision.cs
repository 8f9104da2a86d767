using AspNet.Security.OAuth.Binance.Emulator.Endpoints;

namespace AspNet.Security.OAuth.Binance.Emulator.Testing;

/// <summary>The user's decision, as a parameter of the authorize request.</summary>
internal sealed record Decision(string Parameter, string Value)
{
    public static Decision Deny { get; } = new(AuthorizeEndpoint.DecisionParameter, "deny");

    /// <summary>Gets a value indicating whether the emulator may show a page after it, and not redirect: <see cref="DenialBehavior.StayOnPage"/>.</summary>
    public bool MayEndAtTheEmulator => this == Deny;

    /// <param name="user">The user.</param>
    /// <param name="isAnybody">Whether the caller named no user.</param>
    public static Decision Approve(EmulatorUser user, bool isAnybody) => new(AuthorizeEndpoint.UserParameter, user.UserId) { IsAnybody = isAnybody };

    private bool IsAnybody { get; init; }

    /// <summary>Returns whether <see cref="BinanceEmulatorOptions.AutoApprove"/> makes the same decision.</summary>
    public bool IsMadeBy(BinanceEmulatorOptions options) => options.AutoApprove && (IsAnybody || options.AutoApproveUser == Value);
}
