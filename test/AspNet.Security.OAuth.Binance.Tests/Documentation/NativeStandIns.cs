
namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// What docs/native.md uses of MAUI's IWebAuthenticator, which is a workload of the SDK and in no package.
/// </summary>
public interface IWebAuthenticator
{
    Task<WebAuthenticatorResult> AuthenticateAsync(WebAuthenticatorOptions webAuthenticatorOptions, CancellationToken cancellationToken);
}

/// <summary>
/// What docs/native.md uses of MAUI's ISecureStorage.
/// </summary>
public interface ISecureStorage
{
    Task<string?> GetAsync(string key);

    Task SetAsync(string key, string value);

    bool Remove(string key);
}

/// <summary>
/// What docs/native.md uses of MAUI's IBrowser.
/// </summary>
public interface IBrowser
{
    Task OpenAsync(Uri uri);
}

public sealed class WebAuthenticatorOptions
{
    public Uri? Url { get; set; }

    public Uri? CallbackUrl { get; set; }
}

public sealed class WebAuthenticatorResult(Uri uri)
{
    public Uri CallbackUri { get; } = uri;
}

/// <summary>
/// A phone: its browser consents at the emulator at once, and its storage keeps texts.
/// </summary>
internal sealed class StandInPhone : IWebAuthenticator, ISecureStorage
{
    private readonly Dictionary<string, string> _values = [];

    public IReadOnlyDictionary<string, string> Values => _values;

    public async Task<WebAuthenticatorResult> AuthenticateAsync(WebAuthenticatorOptions webAuthenticatorOptions, CancellationToken cancellationToken)
    {
        var callback = await BrowseAsync(webAuthenticatorOptions.Url!);
        Assert.Equal(webAuthenticatorOptions.CallbackUrl!.Scheme, callback.Scheme);
        return new(callback);
    }

    public static async Task<Uri> BrowseAsync(Uri url)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await browser.GetAsync(url, TestContext.Current.CancellationToken);
        return response.Headers.Location!;
    }

    public Task<string?> GetAsync(string key) => Task.FromResult(_values.GetValueOrDefault(key));

    public Task SetAsync(string key, string value)
    {
        _values[key] = value;
        return Task.CompletedTask;
    }

    public bool Remove(string key) => _values.Remove(key);
}

/// <summary>
/// MAUI's static access to the two.
/// </summary>
public static class WebAuthenticator
{
    public static IWebAuthenticator Default { get; } = new StandInPhone();
}

public static class SecureStorage
{
    public static ISecureStorage Default { get; } = new StandInPhone();
}
