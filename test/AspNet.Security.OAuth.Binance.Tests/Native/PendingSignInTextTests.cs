using System.Text.Json.Nodes;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// The serialized form of a pending sign-in.
/// </summary>
public sealed class PendingSignInTextTests
{
    public static TheoryData<string> Foreign { get; } =
    [
        "",
        " ",
        "null",
        "true",
        "{}",
        "[]",
        "\"a-secret-text\"",
        "a-secret-text",
        "{\"State\":\"a-secret-text\"}",
        "{\"State\":\"a-secret-text\"",
        "\ud800a-secret-text",
        "{\"State\":\"a-secret-text\\ud800\"}",
        "\0a-secret-text",
    ];

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Text_that_is_not_a_sign_in_is_refused_and_not_repeated(string text)
    {
        var exception = Assert.Throws<FormatException>(() => BinancePendingSignIn.Deserialize(text));

        Assert.DoesNotContain("a-secret-text", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_required()
        => Assert.Throws<ArgumentNullException>("text", () => BinancePendingSignIn.Deserialize(null!));

    [Fact]
    public void Truncated_text_is_refused()
    {
        var text = Begin().Serialize();

        for (var length = 0; length < text.Length; length++)
        {
            Assert.Throws<FormatException>(() => BinancePendingSignIn.Deserialize(text[..length]));
        }
    }

    [Fact]
    public void Text_without_one_of_its_members_or_with_one_of_another_kind_is_refused()
    {
        var text = Begin().Serialize();
        var names = JsonNode.Parse(text)!.AsObject().Select(member => member.Key).ToList();

        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            foreach (var kind in new[] { "removed", "null", "1", "{}", "[]" })
            {
                var json = JsonNode.Parse(text)!.AsObject();
                json.Remove(name);
                if (kind is not "removed")
                {
                    json[name] = JsonNode.Parse(kind);
                }

                Assert.Throws<FormatException>(() => BinancePendingSignIn.Deserialize(json.ToJsonString()));
            }
        }
    }

    [Fact]
    public void Text_for_a_log_has_nothing_secret()
    {
        var pending = Begin();

        var text = pending.ToString();

        Assert.Contains(NativeApp.RedirectUri, text, StringComparison.Ordinal);
        foreach (var (_, value) in JsonNode.Parse(pending.Serialize())!.AsObject())
        {
            Assert.True(value!.GetValue<string>() == NativeApp.RedirectUri || !text.Contains(value.GetValue<string>(), StringComparison.Ordinal));
        }
    }

    private static BinancePendingSignIn Begin()
    {
        using var login = new BinanceLogin(new() { ClientId = "client", RedirectUri = NativeApp.RedirectUri });
        return login.BeginSignIn();
    }
}
