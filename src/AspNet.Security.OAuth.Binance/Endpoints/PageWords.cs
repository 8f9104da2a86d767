using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// The texts of the pages in one language. They contain no text from a request.
/// </summary>
internal sealed record PageWords(string Language)
{
    private static readonly PageWords _english = new("en")
    {
        TryAgain = "Try again",
        Continue = "Continue",
        Home = "Start page",
        SignOut = "Sign out",
        SignedIn = new("You are signed in", "There is nothing more to do."),
        StaleForm = new("Sign out?", "The page that you came from is out of date, so that you are still signed in."),
        ForeignForm = new("Nothing has changed", "Another site sent you here to sign out. You are still signed in."),
        Cancelled = new("Sign-in cancelled", "You did not give this site access to your Binance account. Nothing was shared."),
        Over = new("This sign-in is over", "It took too long, was finished before, or was started in another browser. This browser may also be blocking cookies."),
        Unknown = new("This link does not work", "It is incomplete, was changed, or belongs to another sign-in."),
        Setup = new("This site is not set up correctly", "Binance does not accept the credentials of this site. Only the people who run the site can correct that."),
        Refused = new("Binance did not complete the sign-in", "Please try again. If it happens again, tell the people who run this site."),
        Unavailable = new("Binance cannot be reached", "Please try again in a few minutes."),
        Failed = new("The sign-in failed", "Something unexpected happened. Please try again."),
    };

    private static readonly PageWords _turkish = new("tr")
    {
        TryAgain = "Yeniden dene",
        Continue = "Devam et",
        Home = "Ana sayfa",
        SignOut = "Çıkış yap",
        SignedIn = new("Giriş yaptınız", "Yapmanız gereken başka bir şey yok."),
        StaleForm = new("Çıkış yapılsın mı?", "Geldiğiniz sayfa güncel değil. Hâlâ giriş yapmış durumdasınız."),
        ForeignForm = new("Hiçbir şey değişmedi", "Başka bir site sizi çıkış yapmanız için buraya gönderdi. Hâlâ giriş yapmış durumdasınız."),
        Cancelled = new("Giriş iptal edildi", "Bu siteye Binance hesabınız için izin vermediniz. Hiçbir bilgi paylaşılmadı."),
        Over = new("Bu giriş artık geçerli değil", "Çok uzun sürdü, daha önce tamamlandı veya başka bir tarayıcıda başlatıldı. Tarayıcınız çerezleri engelliyor da olabilir."),
        Unknown = new("Bu bağlantı çalışmıyor", "Bağlantı eksik, değiştirilmiş veya başka bir girişe ait."),
        Setup = new("Bu site doğru ayarlanmamış", "Binance bu sitenin kimlik bilgilerini kabul etmiyor. Bunu yalnızca siteyi işletenler düzeltebilir."),
        Refused = new("Binance girişi tamamlamadı", "Lütfen yeniden deneyin. Tekrar olursa siteyi işletenlere bildirin."),
        Unavailable = new("Binance'e ulaşılamıyor", "Lütfen birkaç dakika sonra yeniden deneyin."),
        Failed = new("Giriş başarısız oldu", "Beklenmeyen bir şey oldu. Lütfen yeniden deneyin."),
    };

    public required string TryAgain { get; init; }

    public required string Continue { get; init; }

    public required string Home { get; init; }

    public required string SignOut { get; init; }

    public required PageText SignedIn { get; init; }

    public required PageText StaleForm { get; init; }

    public required PageText ForeignForm { get; init; }

    public required PageText Cancelled { private get; init; }

    public required PageText Over { private get; init; }

    public required PageText Unknown { private get; init; }

    public required PageText Setup { private get; init; }

    public required PageText Refused { private get; init; }

    public required PageText Unavailable { private get; init; }

    public required PageText Failed { private get; init; }

    /// <summary>Returns the texts in the language of the two that the browser prefers.</summary>
    public static PageWords Of(HttpRequest request)
        => request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(static language => language.Quality ?? 1)
            .Where(static language => language.Quality is not 0)
            .Select(static language => language.Value.AsSpan() is var tag && Is(tag, "tr") ? _turkish : Is(tag, "en") ? _english : null)
            .FirstOrDefault(static words => words is not null) ?? _english;

    public PageText Of(BinanceFailure failure) => failure switch
    {
        BinanceFailure.AccessDenied => Cancelled,
        BinanceFailure.CorrelationFailed => Over,
        BinanceFailure.InvalidState or BinanceFailure.InvalidCallback => Unknown,
        BinanceFailure.InvalidClient => Setup,
        BinanceFailure.AuthorizationError or BinanceFailure.TokenError or BinanceFailure.InvalidGrant or BinanceFailure.ApiError or BinanceFailure.InvalidResponse => Refused,
        BinanceFailure.Unavailable or BinanceFailure.Timeout => Unavailable,
        _ => Failed,
    };

    // Matches a language range such as tr-TR.
    private static bool Is(ReadOnlySpan<char> range, string language)
        => range.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (range.Length == language.Length || range[language.Length] is '-');
}

/// <summary>The text of a page.</summary>
internal readonly record struct PageText(string Heading, string Sentence);
