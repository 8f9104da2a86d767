namespace AspNet.Security.OAuth.Binance.SignIn;

/// <summary>
/// The callback of a sign-in.
/// </summary>
internal static class Callback
{
    /// <summary>Determines whether a callback has the state of a sign-in, with a code or an error.</summary>
    public static bool IsOf(BinanceAuthorizationRequest request, Uri callback)
    {
        try
        {
            request.ReadCode(callback);
            return true;
        }
        catch (BinanceAuthenticationException exception)
        {
            // Any program on the machine can send a request here. Without the state it is not a callback of the sign-in.
            return exception.Failure is not (BinanceFailure.InvalidState or BinanceFailure.InvalidCallback);
        }
    }

    /// <exception cref="BinanceAuthenticationException">There is no code, for example because the user cancelled.</exception>
    public static string CodeOf(BinanceAuthorizationRequest request, Uri callback)
    {
        try
        {
            return request.ReadCode(callback);
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.AccessDenied)
        {
            throw new BinanceAuthenticationException(BinanceFailure.Cancelled, "The sign-in was cancelled on Binance's page.")
            {
                Error = exception.Error,
                ErrorDescription = exception.ErrorDescription,
                ErrorUri = exception.ErrorUri,
            };
        }
    }
}
