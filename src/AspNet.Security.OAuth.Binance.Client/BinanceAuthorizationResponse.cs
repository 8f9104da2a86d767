using AspNet.Security.OAuth.Binance.Protocol;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// An authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1). Anybody can write such a URL: nothing of it is genuine before
/// <see cref="State"/> was checked.
/// </summary>
public sealed class BinanceAuthorizationResponse
{
    private const string AccessDenied = "access_denied";

    private string? _error;
    private string? _errorDescription;

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
        var response = new BinanceAuthorizationResponse();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in QueryString.Read(query))
        {
            if (name.Equals("state", StringComparison.OrdinalIgnoreCase))
            {
                Once("state");
                response.State = value;
            }
            else if (name.Equals("code", StringComparison.OrdinalIgnoreCase))
            {
                Once("code");
                response.Code = value;
            }
            else if (name.Equals("error", StringComparison.OrdinalIgnoreCase))
            {
                Once("error");
                response._error = value;
            }
            else if (name.Equals("error_description", StringComparison.OrdinalIgnoreCase))
            {
                response._errorDescription ??= value;
            }
        }

        return response;

        void Once(string parameter)
        {
            if (!seen.Add(parameter))
            {
                throw new BinanceAuthenticationException(
                    BinanceFailure.InvalidCallback, $"The callback was not accepted: the parameter '{parameter}' is repeated.");
            }
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
        if (error is AccessDenied)
        {
            return new(BinanceFailure.AccessDenied, "The sign-in was refused on Binance's page.") { Error = error };
        }

        // Texts of the query: an error code by its form, and nothing that repeats the code or the state.
        var code = ServerText.Code(error, State, Code);
        return new(BinanceFailure.AuthorizationError, $"Binance's authorize page: error {code ?? "of an unknown form"}.")
        {
            Error = code,
            ErrorDescription = ServerText.Description(_errorDescription, State, Code),
        };
    }
}
