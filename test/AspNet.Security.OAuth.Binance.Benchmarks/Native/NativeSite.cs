namespace AspNet.Security.OAuth.Binance.Benchmarks.Native;

/// <summary>
/// The smallest site with a login, published as native code.
/// </summary>
/// <param name="Login">Which login it is built with.</param>
/// <param name="File">The executable.</param>
/// <param name="Warnings">The number of trim and AOT warnings.</param>
internal sealed record NativeSite(string Login, FileInfo File, int Warnings)
{
    /// <summary>Publishes the site into <paramref name="directory"/>.</summary>
    /// <param name="login">"Binance" or "Recipe", as the site's project knows them.</param>
    /// <param name="directory">The directory for everything that is built.</param>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    public static async Task<NativeSite> PublishAsync(string login, string directory)
    {
        var (published, warnings) = await NativeCode.PublishAsync(
            "test/AspNet.Security.OAuth.Binance.AotSite", Path.Combine(directory, login), "Native=true", $"Login={login}");
        return new NativeSite(login, new FileInfo(Path.Combine(published, "site")), warnings);
    }
}
