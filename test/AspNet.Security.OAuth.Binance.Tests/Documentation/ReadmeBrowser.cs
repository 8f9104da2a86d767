using System.Net;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A browser on a site of the README's: it keeps cookies, follows redirects from site to emulator and back, and sends forms as a page has them.
/// </summary>
internal sealed partial class ReadmeBrowser(Uri site) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = site };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<ReadmePage> OpenAsync(string path) => await PageAsync(await _http.GetAsync(path, Token));

    /// <summary>Sends the form of a page with its hidden fields, and with what the user chose.</summary>
    public Task<ReadmePage> SubmitAsync(ReadmePage page, params (string Name, string Value)[] chosen) => PostAsync(
        new Uri(page.Url, WebUtility.HtmlDecode(FormAction().Match(page.Html).Groups[1].Value)),
        [.. HiddenField().Matches(page.Html).Select(field => (field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value))), .. chosen]);

    public async Task<ReadmePage> PostAsync(Uri url, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await PageAsync(await _http.PostAsync(url, form, Token));
    }

    public void Dispose() => _http.Dispose();

    private static async Task<ReadmePage> PageAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return new(response.StatusCode, response.RequestMessage!.RequestUri!, await response.Content.ReadAsStringAsync(Token), response.Headers.CacheControl?.NoStore is true);
        }
    }

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\"")]
    private static partial Regex FormAction();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();
}

/// <summary>
/// The last page of the browser.
/// </summary>
internal sealed record ReadmePage(HttpStatusCode Status, Uri Url, string Html, bool IsNotStored);
