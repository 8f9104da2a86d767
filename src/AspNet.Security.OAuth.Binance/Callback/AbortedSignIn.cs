using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The feature of a request that was aborted in the middle of a sign-in. It is no field of the handler, because the framework creates
/// a handler for every request of the site.
/// </summary>
internal sealed class AbortedSignIn
{
    private readonly ExceptionDispatchInfo _cancellation;

    private AbortedSignIn(OperationCanceledException cancellation) => _cancellation = ExceptionDispatchInfo.Capture(cancellation);

    public static void Set(HttpContext context, OperationCanceledException cancellation) => context.Features.Set(new AbortedSignIn(cancellation));

    /// <exception cref="OperationCanceledException">The sign-in of this request was aborted.</exception>
    public static void ThrowIfSet(HttpContext context) => context.Features.Get<AbortedSignIn>()?._cancellation.Throw();
}
