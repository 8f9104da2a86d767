namespace AspNet.Security.OAuth.Binance.Emulator.Setup;

/// <summary>The host of a URL as browsers send it.</summary>
internal static class UriHost
{
    /// <returns>The host, or <see langword="null"/> when it has no ASCII form (IDNA): <see cref="Uri.IdnHost"/> throws for it.</returns>
    public static string? Of(Uri uri)
    {
        try
        {
            return uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }
}
