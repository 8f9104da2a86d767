using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Reads the session of a request before the application runs. When the cache fails the user is not known: the response is 503, and
/// neither the page of an anonymous user nor a sign-out.
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

    // Styles, images and fonts of the page of the outage. They are served without a session.
    private bool IsPartOfPage(HttpRequest request)
        => options.Value.UnavailablePath.HasValue
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers["Sec-Fetch-Dest"] is ["style" or "image" or "font"];

    private void Begin(HttpContext context)
    {
        RequestSessions.Of(context).AreUnavailable = true;

        // OnStarting callbacks run in reverse order, so that this one runs last: the response neither signs the user out nor is cached.
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
