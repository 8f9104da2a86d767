using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The <c>Host</c> header as it was sent. <see cref="HttpRequest.Host"/> decodes international names, and throws for one that cannot be decoded.</summary>
internal static class RequestHost
{
    public static HostString Of(HttpRequest request) => new(request.Headers.Host.ToString());
}
