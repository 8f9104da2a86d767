using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Tests.Login.Support;

/// <summary>
/// A page of the login endpoints, as a browser reads it.
/// </summary>
internal sealed partial class LoginPage
{
    private LoginPage(SiteResponse response) => Response = response;

    public SiteResponse Response { get; }

    public string Html => Response.Body;

    /// <summary>The address that relative links are resolved with.</summary>
    public Uri Address => Response.Address;

    /// <summary>The visible text.</summary>
    public string Text => Whitespace().Replace(WebUtility.HtmlDecode(Tag().Replace(Style().Replace(Html, " "), " ")), " ").Trim();

    public string Language => Lang().Match(Html).Groups[1].Value;

    /// <summary>The paths and queries that the page's links lead to, all of them on the site.</summary>
    public IReadOnlyList<string> Links => [.. Href().Matches(Html).Select(match => Resolve(match.Groups[1].Value))];

    /// <summary>The one form, or <see langword="null"/>.</summary>
    public (string Action, (string Name, string Value)[] Fields)? Form
        => FormTag().Matches(Html) is [var form]
            ? (Resolve(Attribute(form.Value, "action") ?? Address.PathAndQuery),
                [.. Input().Matches(Html).Select(input => (Attribute(input.Value, "name")!, Attribute(input.Value, "value") ?? ""))])
            : null;

    private string ContentSecurityPolicy => Response.Header("Content-Security-Policy");

    public static LoginPage Of(SiteResponse response) => new(response);

    /// <summary>Checks that the page loads no resource, and that its content security policy allows only what it has.</summary>
    public void AssertSelfContained()
    {
        Assert.Equal("text/html", Response.ContentHeaders.ContentType?.MediaType);
        Assert.Equal("utf-8", Response.ContentHeaders.ContentType?.CharSet, ignoreCase: true);
        Response.AssertNotStored();

        var policy = ContentSecurityPolicy.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);

        // A browser applies form-action to the redirects after a sign-out, which may lead to Binance.
        Assert.DoesNotContain(policy, static directive => directive.StartsWith("form-action", StringComparison.Ordinal));
        Assert.DoesNotContain("unsafe", ContentSecurityPolicy, StringComparison.Ordinal);

        var hashes = Style().Matches(Html).Select(style => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style.Groups[1].Value)))}'");
        Assert.NotEmpty(hashes);
        Assert.Contains($"style-src {string.Join(' ', hashes)}", policy);

        Assert.DoesNotMatch("(?i)<script|<link|<img|<iframe|<object|<base|@import|url\\(", Html);
        Assert.DoesNotMatch("(?i)<[^>]* (style|on[a-z]+)=", Value().Replace(Html, "=\"\""));
        Assert.Contains("<meta name=\"viewport\"", Html, StringComparison.Ordinal);
        Assert.Contains("color-scheme", Html, StringComparison.Ordinal);
    }

    private string Resolve(string link)
    {
        var url = new Uri(Address, WebUtility.HtmlDecode(link));
        Assert.Equal(Address.GetLeftPart(UriPartial.Authority), url.GetLeftPart(UriPartial.Authority));
        return url.PathAndQuery;
    }

    private static string? Attribute(string tag, string name)
        => Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    [GeneratedRegex("<style[^>]*>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    // The value of an attribute, up to the quotation mark.
    [GeneratedRegex("=\"[^\"]*\"")]
    private static partial Regex Value();

    [GeneratedRegex("\\s+")]
    private static partial Regex Whitespace();

    [GeneratedRegex("<html[^>]* lang=\"([^\"]*)\"")]
    private static partial Regex Lang();

    [GeneratedRegex("\\shref=\"([^\"]*)\"")]
    private static partial Regex Href();

    [GeneratedRegex("<form[^>]*>")]
    private static partial Regex FormTag();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();
}
