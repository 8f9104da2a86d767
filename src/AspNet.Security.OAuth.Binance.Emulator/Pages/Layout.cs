using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The layout of all pages: the notice that the emulator is not Binance, one style sheet, and a Content-Security-Policy that allows nothing else.</summary>
internal static class Layout
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="prefix">The part before the emulator's own paths.</param>
    /// <param name="words">The texts in the page's language.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="kind">The class of the main element.</param>
    /// <param name="main">The content.</param>
    /// <param name="formAction">The directive <c>form-action</c> of its Content-Security-Policy; <see langword="null"/> for a page without forms.</param>
    /// <param name="script">The directives <c>script-src</c> and <c>connect-src</c>; <see langword="null"/> for a page without scripts.</param>
    public static EmulatorResponse Page(int status, string prefix, PageWords words, string title, string kind, Html main, string? formAction = null, string? script = null)
    {
        var response = new EmulatorResponse(status) { ContentType = "text/html;charset=UTF-8", Body = Document(prefix, words, title, kind, main) }
            .With("Content-Security-Policy", $"default-src 'none'; style-src 'self'; img-src 'self'; form-action {formAction ?? "'none'"};{(script is null ? "" : $" script-src {script}; connect-src {script};")} base-uri 'none'; frame-ancestors 'none'");

        // With the referrer policy "no-referrer" a form is sent with "Origin: null" (Fetch standard), as it may be from another site.
        return formAction is null ? response : response.With("Referrer-Policy", "same-origin");
    }

    private static string Document(string prefix, PageWords words, string title, string kind, Html main) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="{words.Language}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title} · Binance emulator</title>
        <link rel="icon" href="{prefix}/emulator.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{prefix}/emulator.css">
        </head>
        <body>
        <a class="skip" href="#main">{words.Skip}</a>
        <header class="notice">
        <p><strong>{words.NotBinance}</strong> {words.NoPassword}</p>
        </header>
        <main id="main" class="{kind}">
        {main}
        </main>
        <footer>
        <p><a href="{prefix}/emulator">{words.Status}</a> · {words.NotAffiliated}</p>
        </footer>
        </body>
        </html>

        """).ToString();
}
