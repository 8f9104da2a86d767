using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

public sealed class SecretFinderTests
{
    private const string Secret = "9f3a/+=&<'\"b71c/5e0d+24a8=c6&f";

    public static TheoryData<string> Writings =>
    [
        Secret,
        Secret.ToUpperInvariant(),
        Uri.EscapeDataString(Secret),
        Uri.EscapeDataString(Uri.EscapeDataString(Secret)),
        WebUtility.HtmlEncode(Secret),
        JsonSerializer.Serialize(Secret),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("a" + Secret + "b")),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("ab" + Secret + "c")),
        "0x0000: " + string.Join(' ', Encoding.UTF8.GetBytes(Secret).Select(value => value.ToString("x2", CultureInfo.InvariantCulture))),
        Secret[^SecretFinder.Piece..],
        Secret[5..(5 + SecretFinder.Piece)],
    ];

    [Theory]
    [MemberData(nameof(Writings))]
    public void A_secret_is_found_in_every_encoding(string written)
    {
        var finder = new SecretFinder([new(Secret, "secret")]);

        Assert.Equal(["secret"], finder.Find($"before {written} after").Keys);
    }

    [Fact]
    public void A_short_or_public_text_is_not_found()
    {
        var finder = new SecretFinder([new(Secret, "secret"), new("the-client-secret", "client_secret")], "the-client-id");

        Assert.Empty(finder.Find(Secret[..(SecretFinder.Piece - 1)] + " the-client-id"));
    }

    [Fact]
    public void The_common_prefix_of_protected_values_is_not_a_secret()
    {
        const string Shared = "CfDJ8N1x2y3z4a5b6c7d8e9f0g1";
        var finder = new SecretFinder([new(Shared + "the-secret-part", "cookie")]);

        Assert.Empty(finder.Find(Shared + "another-value"));
        Assert.NotEmpty(finder.Find(Shared + "the-secret-part"));
    }
}
