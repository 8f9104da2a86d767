namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The exception that is thrown when a sign-in with Binance, or a request to Binance, fails. Neither the message nor any property
/// holds a token, a code, a secret or the body of a response, so that the whole exception can be logged. <see cref="Exception.Data"/> has
/// <c>error</c>, <c>error_description</c> and <c>error_uri</c> as well, as the exceptions of ASP.NET Core's own handlers do.
/// </summary>
/// <param name="failure">The kind of failure.</param>
/// <param name="message">The message. It must not hold anything secret.</param>
/// <param name="innerException">The exception that caused this one, if any.</param>
public class BinanceAuthenticationException(BinanceFailure failure, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>
    /// Gets the kind of failure.
    /// </summary>
    public BinanceFailure Failure { get; } = failure;

    /// <summary>
    /// Gets the error code of the response (RFC 6749 sections 4.1.2.1 and 5.2, for example <c>invalid_grant</c>).
    /// </summary>
    /// <value><see langword="null"/> if the response has none, or one that does not have the form of an error code.</value>
    public string? Error
    {
        get;
        init => field = AddToData("error", value);
    }

    /// <summary>
    /// Gets the server's description of the error, meant for developers. It comes from outside: encode it before you show it.
    /// </summary>
    /// <value>At most 256 characters without control characters; <see langword="null"/> if the response has none.</value>
    public string? ErrorDescription
    {
        get;
        init => field = AddToData("error_description", value);
    }

    /// <summary>
    /// Gets the address of a page about the error (RFC 6749 sections 4.1.2.1 and 5.2). It comes from outside.
    /// </summary>
    /// <value>An absolute http or https URL of at most 256 characters; <see langword="null"/> if the response has none.</value>
    public string? ErrorUri
    {
        get;
        init => field = AddToData("error_uri", value);
    }

    /// <summary>
    /// Gets the HTTP status of the response.
    /// </summary>
    /// <value><see langword="null"/> if there was no response.</value>
    public int? StatusCode { get; init; }

    /// <summary>
    /// Gets the code in Binance's envelope, for example <c>117041</c>.
    /// </summary>
    /// <value><see langword="null"/> if the response has none.</value>
    public string? BinanceCode { get; init; }

    private string? AddToData(string name, string? value)
    {
        if (value is not null)
        {
            Data[name] = value;
        }

        return value;
    }
}
