using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// A page with an icon, a heading and a sentence. It needs no other file, and its Content-Security-Policy allows its style only.
/// </summary>
internal static class Page
{
    private const string Style =
        """
        :root{color-scheme:light dark;--ground:#fbf8f1;--surface:#fff;--line:#e8e0cf;--text:#211c12;--muted:#665d4c;--accent:#ffc24a}
        @media(prefers-color-scheme:dark){:root{--ground:#14110b;--surface:#1e1a12;--line:#383022;--text:#f5f0e4;--muted:#b6ab95}}
        *{box-sizing:border-box}
        body{display:grid;place-items:center;min-height:100vh;margin:0;padding:1.25rem;font:100%/1.6 system-ui,sans-serif;color:var(--text);background:var(--ground)}
        main{width:100%;max-width:32rem;padding:clamp(1.4rem,5vw,2.75rem);border:1px solid var(--line);border-radius:1.1rem;background:var(--surface)}
        svg{display:block;width:3rem;height:3rem;margin:0 0 1.25rem;border-radius:50%;background:var(--line);fill:none;stroke:var(--text);stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
        .good{background:var(--accent);stroke:#2a1d00}
        h1{margin:0 0 .75rem;font-size:clamp(1.6rem,1.3rem + 1.6vw,2.1rem);line-height:1.15;text-wrap:balance}
        p{margin:0;color:var(--muted)}
        p+p{margin-top:.75rem}
        """;

    // The icon is a data URL, because the browser would otherwise request one from the closed port.
    private static readonly string _policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <param name="status">The status code and its reason.</param>
    /// <param name="words">The texts, in the browser's language.</param>
    /// <param name="text">One of the texts.</param>
    public static Response Of(string status, PageWords words, PageText text) => Response.Html(status, words.Language, _policy, Html(words, text));

    // Not encoded: the texts are constants without HTML characters.
    private static string Html(PageWords words, PageText text)
        => $"""
            <!DOCTYPE html>
            <html lang="{words.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{text.Heading}</title>
            <link rel="icon" href="data:,">
            <style>{Style}</style>
            </head>
            <body>
            <main>
            {(text.IsSuccess
                ? """<svg class="good" viewBox="0 0 32 32" aria-hidden="true"><path d="m10 16.5 4.2 4.2L22.5 12"/></svg>"""
                : """<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M16 9v9m0 5v.01"/></svg>""")}
            <h1>{text.Heading}</h1>
            <p>{text.Sentence}</p>
            <p>{words.Close}</p>
            </main>
            </body>
            </html>
            """;
}
