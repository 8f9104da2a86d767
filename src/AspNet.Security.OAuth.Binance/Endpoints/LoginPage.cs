using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// A page with a heading, a sentence, one action, and optionally a link to the start page. It needs no static files, and its Content-Security-Policy allows its style only.
/// </summary>
/// <param name="status">The status code.</param>
/// <param name="text">Chooses the text.</param>
/// <param name="action">Chooses the label of the link, or of the button.</param>
/// <param name="destination">The target of the link, or the return URL of a sign-out.</param>
/// <param name="home">The start page, if there is a link to it.</param>
/// <param name="antiforgery">The name and the value of the antiforgery field of a form to sign out, if there is a form.</param>
internal sealed class LoginPage(
    int status, Func<PageWords, PageText> text, Func<PageWords, string> action, string destination, string? home = null, (string Name, string Value)? antiforgery = null) : IResult
{
    private const string Style =
        """
        :root{color-scheme:light dark;--ground:#fbf8f1;--surface:#fff;--line:#e8e0cf;--text:#211c12;--muted:#665d4c;--accent:#ffc24a;--focus:#1f5fd6}
        @media(prefers-color-scheme:dark){:root{--ground:#14110b;--surface:#1e1a12;--line:#383022;--text:#f5f0e4;--muted:#b6ab95;--focus:#8ab4ff}}
        *{box-sizing:border-box}
        body{display:grid;place-items:center;min-height:100vh;margin:0;padding:1.25rem;font:100%/1.6 system-ui,sans-serif;color:var(--text);background:var(--ground)}
        main{width:100%;max-width:32rem;padding:clamp(1.4rem,5vw,2.75rem);border:1px solid var(--line);border-radius:1.1rem;background:var(--surface)}
        h1{margin:0 0 .75rem;font-size:clamp(1.6rem,1.3rem + 1.6vw,2.1rem);line-height:1.15;text-wrap:balance}
        p{margin:0 0 1.5rem;color:var(--muted)}
        a,button{display:inline-block;padding:.65rem 1.35rem;border:1px solid transparent;border-radius:.8rem;font:inherit;font-weight:650;color:#2a1d00;text-decoration:none;background:var(--accent);cursor:pointer}
        div{display:flex;flex-wrap:wrap;gap:.6rem}
        .quiet{color:inherit;background:none;border-color:var(--line)}
        :focus-visible{outline:3px solid var(--focus);outline-offset:3px}
        """;

    // Without form-action: Chromium applies it to the redirects that follow the form, and a start page that needs a user redirects to Binance.
    private static readonly string _policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; frame-ancestors 'none'";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, words) = (httpContext.Response, PageWords.Of(httpContext.Request));
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = _policy;
        response.Headers.Append("Vary", "Accept-Language");
        response.Headers.ContentLanguage = words.Language;
        response.Headers["Referrer-Policy"] = "same-origin";
        return response.WriteAsync(Html(words), httpContext.RequestAborted);
    }

    private string Html(PageWords words)
    {
        var (heading, sentence) = text(words);
        return $"""
            <!DOCTYPE html>
            <html lang="{words.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(heading)}</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <h1>{Encode(heading)}</h1>
            <p>{Encode(sentence)}</p>
            <div>
            {Action(Encode(action(words)))}
            {(home is null ? string.Empty : $"<a class=\"quiet\" href=\"{Encode(home)}\">{Encode(words.Home)}</a>")}
            </div>
            </main>
            </body>
            </html>
            """;
    }

    // Without an action attribute the form is sent to the page's own URL.
    private string Action(string label) => antiforgery is var (name, value)
        ? $"""
            <form method="post">
            <input type="hidden" name="{Encode(name)}" value="{Encode(value)}">
            <input type="hidden" name="returnUrl" value="{Encode(destination)}">
            <button>{label}</button>
            </form>
            """
        : $"""<a href="{Encode(destination)}">{label}</a>""";

    private static string Encode(string value) => HtmlEncoder.Default.Encode(value);
}
