using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Reads the session of a request before the application runs. When the cache fails nobody knows who the visitor is: the response is 503, and
/// neither a page for somebody who is not signed in nor one that signs the visitor out.
/// </summary>
internal sealed class ServerSessionsMiddleware(
    RequestDelegate next, CurrentSession current, UnavailablePage page, IOptions<BinanceServerSessionsOptions> options)
{
    private const string RetryAfterSeconds = "5";
    private const string Sentence = "The sessions of this site cannot be read at the moment. Nobody is signed out: try again in a few seconds.";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await current.ReadAsync(context);
        }
        catch (SessionsUnavailableException)
        {
            Begin(context);
            if (!IsPartOfPage(context.Request))
            {
                await RespondAsync(context);
                return;
            }
        }

        try
        {
            await next(context);
        }
        catch (SessionsUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            Begin(context);
            await RespondAsync(context);
        }
    }

    // What the page that says so is made of. Without a session it is what it is for everybody.
    private bool IsPartOfPage(HttpRequest request)
        => options.Value.UnavailablePath.HasValue
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers["Sec-Fetch-Dest"] is ["style" or "image" or "font"];

    private void Begin(HttpContext context)
    {
        RequestSessions.Of(context).AreUnavailable = true;

        // The first that is registered runs last: whatever the application decides, nobody is signed out, and nothing of it is kept.
        context.Response.OnStarting(() =>
        {
            current.WithdrawCookies(context);
            context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
    }

    private async Task RespondAsync(HttpContext context)
    {
        var response = context.Response;
        response.OnStarting(() =>
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.RetryAfter = RetryAfterSeconds;
            return Task.CompletedTask;
        });
        if (options.Value.UnavailablePath is { HasValue: true } path && await page.TryRunAsync(context, next, path))
        {
            return;
        }

        response.Clear();
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync(Sentence, context.RequestAborted);
    }
}
