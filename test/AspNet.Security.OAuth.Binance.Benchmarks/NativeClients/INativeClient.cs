namespace AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;

/// <summary>
/// A native application's client library at the emulator, as an application uses it. Each member returns the outcome.
/// </summary>
internal interface INativeClient : IAsyncDisposable
{
    /// <summary>Signs in with two scopes, in the form in which the library takes several.</summary>
    Task<string> SignInAsync();

    /// <summary>Signs in, with whatever an application has to write by hand for it.</summary>
    /// <returns>The access token.</returns>
    Task<string> SignInAnywayAsync();

    /// <summary>Reads the user's id.</summary>
    Task<string> UserAsync();

    /// <summary>Refreshes once.</summary>
    Task<string> RefreshAsync();

    /// <summary>Calls an API by way of the library's HTTP client.</summary>
    HttpClient CreateApi();

    /// <summary>Signs out.</summary>
    Task<string> SignOutAsync();
}
