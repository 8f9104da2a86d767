namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// What the text around a document's code says that the reader has, as members of a class.
/// </summary>
internal static class Surroundings
{
    private const string Native = "docs/native.md";
    private const string Client = "src/AspNet.Security.OAuth.Binance.Client/README.md";
    private const string Emulator = "src/AspNet.Security.OAuth.Binance.Emulator/README.md";

    /// <summary>For each document, and place of its code.</summary>
    public static IReadOnlyDictionary<(string Document, string Place), string> All { get; } = new Dictionary<(string Document, string Place), string>
    {
        // "`IsDisabledAsync` is yours".
        [("docs/sessions.md", "options")] = "internal static Task<bool> IsDisabledAsync(string userId) => null!;",

        // "Every process needs that certificate with its private key."
        [("docs/scaling.md", "web")] = "internal static System.Security.Cryptography.X509Certificates.X509Certificate2 certificate => null!;",

        // The users are in a file of the page.
        [("docs/identity.md", "web")] = """
            internal class AppUser : Microsoft.AspNetCore.Identity.IdentityUser;
            internal class ApplicationDbContext : Microsoft.AspNetCore.Identity.EntityFrameworkCore.IdentityDbContext<AppUser>;
            """,

        // "your own site".
        [("docs/testing.md", "test")] = "internal class Program;",

        // The login of the page, in an application that cancels it, or has a container.
        [(Native, "console")] = """
            internal static AspNet.Security.OAuth.Binance.BinanceLogin login => null!;
            internal static CancellationToken cancellationToken => default;
            internal static Microsoft.Extensions.DependencyInjection.IServiceCollection services => null!;
            """,

        // The application's container, the platform's storage and browser, and the callback that the application receives.
        [(Native, "maui")] = """
            internal static IServiceCollection services => null!;
            internal static AspNet.Security.OAuth.Binance.BinanceLogin login => null!;
            internal static ISecureStorage storage => null!;
            internal static IBrowser browser => null!;
            internal static Uri callback => null!;
            """,

        // "`AppLink` is your claimed https address".
        [(Native, "web")] = "internal const string AppLink = \"https://app.example.com/signed-in\";",
        [(Native, "test")] = "internal static CancellationToken cancellationToken => default;",

        // The client of the program, what it has stored, "a lock around the call, and a store that all of them read".
        [(Client, "console")] = """
            internal static AspNet.Security.OAuth.Binance.BinanceOAuthClient binance => null!;
            internal static string refreshToken => null!;
            internal static CancellationToken cancellationToken => default;
            internal static Task<IAsyncDisposable> AcquireLockAsync(string name) => null!;
            internal static Task<AspNet.Security.OAuth.Binance.BinanceTokens?> FindNewTokensAsync(string refreshToken) => null!;
            internal static Task<AspNet.Security.OAuth.Binance.BinanceTokens> StoreNewTokensAsync(string refreshToken, AspNet.Security.OAuth.Binance.BinanceTokens tokens) => null!;
            """,

        // "the client of a `WebApplicationFactory`".
        [(Emulator, "test")] = """
            internal static HttpClient browser => null!;
            internal static CancellationToken cancellationToken => default;
            """,

        // The emulator that the section begins with.
        [(Emulator, "web")] = "internal static AspNet.Security.OAuth.Binance.Emulator.BinanceEmulator binance => null!;",
    };
}
