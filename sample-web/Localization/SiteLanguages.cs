using System.Globalization;
using Microsoft.AspNetCore.Localization;
using SampleWeb.Hosting;

namespace SampleWeb.Localization;

/// <summary>
/// The languages of the pages. A visitor gets the one that they chose, else the one that the browser prefers (<c>Accept-Language</c>), else English.
/// </summary>
internal static class SiteLanguages
{
    private static readonly string[] _all = ["en", "tr"];

    /// <summary>
    /// The language of the current request. Not <c>TwoLetterISOLanguageName</c>, which is not known without ICU.
    /// </summary>
    public static string Current => CultureInfo.CurrentUICulture.Name;

    /// <summary>
    /// Adds the texts, and the options of <c>UseRequestLocalization</c>.
    /// </summary>
    public static void AddSiteLanguages(this WebApplicationBuilder builder)
    {
        builder.Services.AddLocalization();
        builder.Services.AddRequestLocalization(options =>
        {
            options.SetDefaultCulture(_all[0]).AddSupportedCultures(_all).AddSupportedUICultures(_all);

            // Without the framework's query string provider: a link does not change a visitor's language.
            options.RequestCultureProviders =
            [
                new CookieRequestCultureProvider { Options = options, CookieName = CookieOf(builder.Environment).Name! },
                new CustomRequestCultureProvider(context => Task.FromResult(PreferredBy(context.Request))),
            ];
        });
    }

    /// <summary>
    /// Whether the pages have this language.
    /// </summary>
    public static bool Contains(string? language) => _all.Contains(language);

    /// <summary>
    /// Stores the language that the visitor chose.
    /// </summary>
    public static void SetLanguage(this HttpResponse response, string language)
    {
        var cookie = CookieOf(response.HttpContext.RequestServices.GetRequiredService<IHostEnvironment>());
        response.Cookies.Append(cookie.Name!, CookieRequestCultureProvider.MakeCookieValue(new(language)), cookie.Build(response.HttpContext));
    }

    // Not the framework's provider of Accept-Language: without ICU it does not know that tr-TR is Turkish.
    private static ProviderCultureResult? PreferredBy(HttpRequest request)
        => request.GetTypedHeaders().AcceptLanguage
            .Where(range => range.Quality is not 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .Select(range => range.Value.ToString().Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(Contains) is { } language ? new(language) : null;

    private static CookieBuilder CookieOf(IHostEnvironment environment)
    {
        var cookie = new CookieBuilder { MaxAge = TimeSpan.FromDays(365) };
        cookie.Protect("SampleWeb.Language", environment);
        return cookie;
    }
}
