using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>What all pages share: the notice that it is not Binance, one style sheet, and a policy that allows nothing else.</summary>
internal static class Layout
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="prefix">What precedes the emulator's own paths.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="kind">The class of the main element.</param>
    /// <param name="main">What the page is about.</param>
    /// <param name="formAction">Where its forms may lead, as a Content-Security-Policy says it.</param>
    public static EmulatorResponse Page(int status, string prefix, string title, string kind, Html main, string formAction = "'none'")
        => new EmulatorResponse(status) { ContentType = "text/html;charset=UTF-8", Body = Document(prefix, title, kind, main) }
            .With("Content-Security-Policy", $"default-src 'none'; style-src 'self'; img-src 'self'; form-action {formAction}; base-uri 'none'; frame-ancestors 'none'");

    private static string Document(string prefix, string title, string kind, Html main) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title} · Binance emulator</title>
        <link rel="icon" href="{prefix}/emulator.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{prefix}/emulator.css">
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="notice">
        <p><strong>This is not Binance.</strong> It is an emulator for development and tests. Never enter a real password here; it never asks for one.</p>
        </header>
        <main id="main" class="{kind}">
        {main}
        </main>
        <footer>
        <p><a href="{prefix}/emulator">Emulator status</a> · Open source, not affiliated with or endorsed by Binance.</p>
        </footer>
        </body>
        </html>

        """).ToString();
}
