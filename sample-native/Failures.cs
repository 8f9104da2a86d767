using AspNet.Security.OAuth.Binance;

namespace SampleNative;

/// <summary>
/// Messages for the failures that are expected. The message of a <see cref="BinanceAuthenticationException"/> is for developers; the kind of failure says
/// what a user can do.
/// </summary>
internal static class Failures
{
    private static string StartAgain => Text.Of($"Start again to sign in.");

    /// <returns>The message; <see langword="null"/> for an unexpected exception, whose stack trace is needed.</returns>
    public static string? Explain(Exception exception) => exception switch
    {
        SampleException => exception.Message,
        BinanceAuthenticationException failed => Explain(failed),
        _ => null,
    };

    private static string Explain(BinanceAuthenticationException exception) => exception.Failure switch
    {
        BinanceFailure.Cancelled or BinanceFailure.AccessDenied => Text.Of($"You cancelled the sign-in. {StartAgain}"),
        BinanceFailure.Abandoned => Text.Of($"The sign-in was not finished in time. {StartAgain}"),
        BinanceFailure.PortUnavailable => Text.Of($"The browser cannot return: another program uses the port of the redirect URI. End that, or choose another with --redirect-uri."),
        BinanceFailure.BrowserUnavailable => Text.Of($"No browser can be opened. Start again with --headless to see the address."),
        BinanceFailure.SignInInProgress => Text.Of($"Another sign-in is under way. Finish it first."),

        BinanceFailure.NotSignedIn or BinanceFailure.InvalidGrant => Text.Of($"You are not signed in any more. {StartAgain}"),
        BinanceFailure.StoreUnavailable => Text.Of($"The session cannot be kept. {exception.Message}"),

        BinanceFailure.Unavailable or BinanceFailure.Timeout => Text.Of($"Binance cannot be reached at the moment. Start again later."),
        BinanceFailure.InvalidClient => Text.Of($"Binance does not know this client id as one of a native application. Compare --client-id with what Binance gave you."),
        BinanceFailure.AuthorizationError or BinanceFailure.TokenError or BinanceFailure.ApiError
            => Text.Of($"Binance refused ({exception.Error ?? exception.BinanceCode ?? Text.Of($"without a reason")}). Compare the client id, the redirect URI and the scopes with what Binance gave you."),
        BinanceFailure.InvalidResponse => Text.Of($"The response was not one of Binance. If a --server is given, is it an emulator?"),

        BinanceFailure.InvalidState or BinanceFailure.InvalidCallback or BinanceFailure.CorrelationFailed
            => Text.Of($"The sign-in was stopped, because its address was opened twice. If that was not you, it was another user of this machine. {StartAgain}"),
        _ => Text.Of($"Something failed: {exception.Message}"),
    };
}
