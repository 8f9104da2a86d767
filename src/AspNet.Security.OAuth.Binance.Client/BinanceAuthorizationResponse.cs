using AspNet.Security.OAuth.Binance.Protocol;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// An authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1). Anybody can make such a URL: do not trust any part of it before
/// <see cref="State"/> has been checked.
/// </summary>
public sealed class BinanceAuthorizationResponse
{
    private const string AccessDenied = "access_denied";

    private string? _error;
    private string? _errorDescription;
    private string? _errorUri;

    private BinanceAuthorizationResponse()
    {
    }

    /// <summary>
    /// Gets the state.
    /// </summary>
    /// <value><see langword="null"/> if there is none.</value>
    public string? State { get; private set; }

    /// <summary>
    /// Gets the authorization code.
    /// </summary>
    /// <value><see langword="null"/> if there is none.</value>
    public string? Code { get; private set; }

    /// <summary>
    /// Gets the error, with the texts of the response made safe to log.
    /// </summary>
    /// <value>
    /// <see langword="null"/> if the response has no error. <see cref="BinanceFailure.AccessDenied"/> if the user refused,
    /// <see cref="BinanceFailure.AuthorizationError"/> for any other error.
    /// </value>
    public BinanceAuthenticationException? Error => _error is null ? null : CreateError(_error);

    /// <summary>
    /// Reads an authorization response.
    /// </summary>
    /// <param name="query">The query of the callback, with or without the question mark.</param>
    /// <returns>The response.</returns>
    /// <exception cref="BinanceAuthenticationException">
    /// A parameter is repeated (RFC 6749 section 3.1): which one counts would be a guess (<see cref="BinanceFailure.InvalidCallback"/>).
    /// </exception>
    public static BinanceAuthorizationResponse Parse(string? query)
    {
        return new()
        {
            State = Once("state"),
            Code = Once("code"),
            _error = Once("error"),
            _errorDescription = QueryString.Read(query, "error_description", out _),
            _errorUri = QueryString.Read(query, "error_uri", out _),
        };

        string? Once(string parameter)
        {
            var value = QueryString.Read(query, parameter, out var isRepeated);
            return isRepeated
                ? throw new BinanceAuthenticationException(
                    BinanceFailure.InvalidCallback, $"The callback was not accepted: the parameter '{parameter}' is repeated.")
                : value;
        }
    }

    /// <summary>
    /// Returns the code of a response whose state was checked.
    /// </summary>
    /// <returns>The code.</returns>
    /// <exception cref="BinanceAuthenticationException">The response has an error, or neither a code nor an error.</exception>
    public string GetCode()
        => Error is { } error
            ? throw error
            : Code ?? throw new BinanceAuthenticationException(
                BinanceFailure.InvalidCallback, "The callback was not accepted: it has neither a code nor an error.");

    private BinanceAuthenticationException CreateError(string error)
    {
        // Texts of the query: an error code by its form, and nothing that repeats the code or the state.
        var code = ServerText.Code(error, State, Code);
        var (failure, message) = error is AccessDenied
            ? (BinanceFailure.AccessDenied, "The sign-in was refused on Binance's page.")
            : (BinanceFailure.AuthorizationError, $"Binance's authorize page: error {code ?? "of an unknown form"}.");
        return new(failure, message)
        {
            Error = code,
            ErrorDescription = ServerText.Description(_errorDescription, State, Code),
            ErrorUri = ServerText.Address(_errorUri, State, Code),
        };
    }
}
