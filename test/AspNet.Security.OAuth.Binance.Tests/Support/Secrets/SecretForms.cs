using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Secrets;

/// <summary>
/// The encodings of a value in a URL, a form, a page, a JSON text, a header and a dump.
/// </summary>
internal static class SecretForms
{
    // What ASP.NET Core's data protection writes begins with a constant and the key's id, in every cookie and state alike.
    private const string ProtectedStart = "CfDJ8";
    private const int ProtectedHeader = 27;

    public static IEnumerable<string> Of(string value)
    {
        var secret = value.StartsWith(ProtectedStart, StringComparison.Ordinal) ? value[Math.Min(value.Length, ProtectedHeader)..] : value;
        var once = Uri.EscapeDataString(secret);
        return
        [
            secret,
            once,
            Uri.EscapeDataString(once),
            WebUtility.UrlEncode(secret),
            WebUtility.HtmlEncode(secret),
            HtmlEncoder.Default.Encode(secret),
            JsonEncodedText.Encode(secret).Value,
            JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
            secret.Replace("/", "\\/", StringComparison.Ordinal),
            Convert.ToHexString(Encoding.UTF8.GetBytes(secret)),
            .. InsideBase64(secret).SelectMany(text => new[] { text, text.Replace('+', '-').Replace('/', '_') }),
        ];
    }

    // Base64 writes three bytes as four characters: what stands before a value decides which of three texts it becomes.
    private static IEnumerable<string> InsideBase64(string value)
    {
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', before) + value));
            yield return text[(before == 0 ? 0 : before + 1)..Math.Max(before + 1, text.Length - 4)];
        }
    }
}
