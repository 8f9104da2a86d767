using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Executes the application's page for an outage in the same request, as a GET of an anonymous user.
/// </summary>
internal sealed class UnavailablePage(SafeLogger<UnavailablePage> logger)
{
    // Headers that refer to the originally requested resource.
    private static readonly string[] _conditions =
    [
        HeaderNames.Range, HeaderNames.IfRange, HeaderNames.IfMatch, HeaderNames.IfNoneMatch, HeaderNames.IfModifiedSince, HeaderNames.IfUnmodifiedSince,
    ];

    /// <returns><see langword="false"/> if the application wrote nothing.</returns>
    public async Task<bool> TryRunAsync(HttpContext context, RequestDelegate application, PathString path)
    {
        var (request, response) = (context.Request, context.Response);
        var (method, before, query, services) = (request.Method, request.Path, request.QueryString, context.RequestServices);
        request.Method = HttpMethods.IsHead(method) ? method : HttpMethods.Get;
        (request.Path, request.QueryString) = (path, QueryString.Empty);
        foreach (var condition in _conditions)
        {
            request.Headers.Remove(condition);
        }

        // The application may have run already. A new scope, because scoped services, such as authentication handlers, keep the user.
        await using var anonymous = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        context.RequestServices = anonymous.ServiceProvider;
        Reset();
        Exception? failure = null;
        try
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await application(context);
        }
        catch (Exception exception) when (!response.HasStarted)
        {
            failure = exception;
        }
        finally
        {
            (request.Method, request.Path, request.QueryString, context.RequestServices) = (method, before, query, services);
            Reset();
        }

        if (failure is null && (response.HasStarted || response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 }))
        {
            return true;
        }

        Log.UnavailablePageFailed(logger, failure, path);
        return false;

        void Reset()
        {
            context.User = new ClaimsPrincipal();
            context.Features.Set<IAuthenticateResultFeature>(null);
            context.SetEndpoint(null);
            request.RouteValues.Clear();
        }
    }
}
