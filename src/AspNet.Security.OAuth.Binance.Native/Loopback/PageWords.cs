using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// The texts of the pages in one language. They do not name the application, whose name is not known.
/// </summary>
internal sealed record PageWords(string Language)
{
    private static readonly PageWords _english = new("en")
    {
        Close = "You can close this window.",
        SignedIn = new("You are signed in", "Go back to the application and continue there.", IsSuccess: true),
        Cancelled = new("Sign-in cancelled", "You did not give the application access to your Binance account. Nothing was shared."),
        Unavailable = new("Binance cannot be reached", "Go back to the application and try again in a few minutes."),
        TookTooLong = new("This sign-in took too long", "Go back to the application and sign in again."),
        Failed = new("The sign-in failed", "Something unexpected happened. Go back to the application and try again."),
        Unexpected = new("The application is waiting for another sign-in", "This one may be older. Continue in the window that the application opened last."),
        OpenedTwice = new("This sign-in was stopped", "Its link works once and was opened twice. If that was not you, someone else on this computer may have opened it. Go back to the application and sign in again."),
    };

    private static readonly PageWords _turkish = new("tr")
    {
        Close = "Bu pencereyi kapatabilirsiniz.",
        SignedIn = new("Giriş yaptınız", "Uygulamaya dönüp oradan devam edin.", IsSuccess: true),
        Cancelled = new("Giriş iptal edildi", "Uygulamaya Binance hesabınız için izin vermediniz. Hiçbir bilgi paylaşılmadı."),
        Unavailable = new("Binance'e ulaşılamıyor", "Uygulamaya dönün ve birkaç dakika sonra yeniden deneyin."),
        TookTooLong = new("Bu giriş çok uzun sürdü", "Uygulamaya dönün ve yeniden giriş yapın."),
        Failed = new("Giriş başarısız oldu", "Beklenmeyen bir şey oldu. Uygulamaya dönün ve yeniden deneyin."),
        Unexpected = new("Uygulama başka bir girişi bekliyor", "Bu daha eski bir giriş olabilir. Uygulamanın en son açtığı pencerede devam edin."),
        OpenedTwice = new("Bu giriş durduruldu", "Giriş bağlantısı yalnızca bir kez kullanılabilir, ancak iki kez açıldı. Açan siz değilseniz bu bilgisayardaki başka biri açmış olabilir. Uygulamaya dönün ve yeniden giriş yapın."),
    };

    public required string Close { get; init; }

    public required PageText Unexpected { get; init; }

    public required PageText OpenedTwice { get; init; }

    public required PageText SignedIn { private get; init; }

    public required PageText Cancelled { private get; init; }

    public required PageText Unavailable { private get; init; }

    public required PageText TookTooLong { private get; init; }

    public required PageText Failed { private get; init; }

    /// <summary>Returns the texts in the language of the two that the browser prefers.</summary>
    /// <param name="acceptLanguage">The header (RFC 9110 section 12.5.4).</param>
    public static PageWords Of(string? acceptLanguage)
        => (acceptLanguage ?? string.Empty).Split(',')
            .Select(static text => StringWithQualityHeaderValue.TryParse(text, out var language) ? language : null)
            .OfType<StringWithQualityHeaderValue>()
            .OrderByDescending(static language => language.Quality ?? 1)
            .Where(static language => language.Quality is not 0)
            .Select(static language => Is(language.Value, "tr") ? _turkish : Is(language.Value, "en") ? _english : null)
            .FirstOrDefault(static words => words is not null) ?? _english;

    /// <summary>Returns the text for the outcome of a sign-in.</summary>
    /// <param name="failure">The failure, or <see langword="null"/> if the user is signed in.</param>
    public PageText Of(BinanceFailure? failure) => failure switch
    {
        null => SignedIn,
        BinanceFailure.Cancelled or BinanceFailure.AccessDenied => Cancelled,
        BinanceFailure.Unavailable or BinanceFailure.Timeout => Unavailable,
        BinanceFailure.Abandoned => TookTooLong,
        _ => Failed,
    };

    // Matches a language range such as tr-TR.
    private static bool Is(string range, string language)
        => range.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (range.Length == language.Length || range[language.Length] is '-');
}

/// <summary>The text of a page, and whether it reports a success.</summary>
internal readonly record struct PageText(string Heading, string Sentence, bool IsSuccess = false);
