using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The pages of a sign-in are in the language of its address (W1): English and Turkish, and English for the others.</summary>
public sealed partial class LanguageTests : EmulatorTest
{
    // Languages of W1 without texts.
    public static TheoryData<string> Others => ["", "/en", "/au", "/de", "/ar", "/he", "/cn"];

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_consent_page_of_another_language_is_in_English(string language)
    {
        var html = (await Visitor.OpenConsentAsync(Url(language))).Html;

        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.Contains("wants to use your account", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consent_page_of_a_Turkish_address_is_in_Turkish()
    {
        var html = (await Visitor.OpenConsentAsync(Url("/tr", ("scope", "user:openId,create:apikey,some:new")))).Html;

        Assert.Contains("<html lang=\"tr\">", html, StringComparison.Ordinal);
        Assert.Contains("<title>Test application hesabınızı kullanmak istiyor · Binance emulator</title>", Decode(html), StringComparison.Ordinal);
        Assert.Contains(">İzin ver</button>", Decode(html), StringComparison.Ordinal);
        Assert.Contains("some:new", html, StringComparison.Ordinal);
        AssertNoEnglish(html);
    }

    [Theory]
    [InlineData("create:apikey:margin", "Sizin için marjin işlemlerinde kullanılacak API anahtarı oluşturma")]
    [InlineData("create:apikey:options", "Sizin için opsiyon işlemlerinde kullanılacak API anahtarı oluşturma")]
    [InlineData("user:kyc", "Kimlik doğrulama (KYC) durumunuzu görme")]
    public async Task A_permission_has_a_Turkish_description(string scope, string words)
        => Assert.Contains($"<span>{words}</span>", Decode((await Visitor.OpenConsentAsync(Url("/tr", ("scope", $"user:openId,{scope}")))).Html), StringComparison.Ordinal);

    [Fact]
    public async Task A_Turkish_form_redirects_to_the_application_and_its_used_page_is_Turkish_too()
    {
        var form = await Visitor.OpenConsentAsync(Url("/tr"));
        using var first = await Visitor.DecideAsync(form, "authorize");
        using var second = await Visitor.DecideAsync(form, "authorize");

        Assert.True(Visitor.RedirectParameters(first).ContainsKey("code"));
        await AssertTurkishAsync(second, HttpStatusCode.BadRequest, "Bu sayfa daha önce kullanıldı");
    }

    [Fact]
    public async Task A_denial_that_stays_on_the_page_is_in_Turkish()
    {
        Emulator.Options.DenialBehavior = DenialBehavior.StayOnPage;
        var form = await Visitor.OpenConsentAsync(Url("/tr"));

        using var response = await Visitor.DecideAsync(form, "cancel");

        await AssertTurkishAsync(response, HttpStatusCode.OK, "Erişim izni verilmedi");
    }

    [Theory]
    [InlineData("client_id", "unknown", "Bilinmeyen uygulama")]
    [InlineData("client_id", null, "Bilinmeyen uygulama")]
    [InlineData("redirect_uri", "https://elsewhere.example/", "Kayıtlı olmayan dönüş adresi")]
    [InlineData("redirect_uri", null, "Kayıtlı olmayan dönüş adresi")]
    [InlineData("emulator_decision", "perhaps", "Bilinmeyen karar")]
    [InlineData("emulator_user", "nobody", "Bilinmeyen hesap")]
    public async Task A_refused_request_is_explained_in_Turkish(string parameter, string? value, string title)
    {
        using var response = await Visitor.Http.GetAsync(Url("/tr", (parameter, value)), Cancellation);

        await AssertTurkishAsync(response, HttpStatusCode.BadRequest, title);
    }

    [Theory]
    [InlineData("client_id", "Birden fazla client_id")]
    [InlineData("redirect_uri", "Birden fazla redirect_uri")]
    public async Task A_repeated_parameter_is_explained_in_Turkish(string parameter, string title)
    {
        using var response = await Visitor.Http.GetAsync($"{Url("/tr")}&{parameter}=again", Cancellation);

        await AssertTurkishAsync(response, HttpStatusCode.BadRequest, title);
    }

    [Fact]
    public async Task A_page_without_accounts_says_so_in_Turkish()
    {
        Emulator.Users.Clear();

        AssertNoEnglish((await Visitor.OpenConsentAsync(Url("/tr"))).Html);
    }

    [Fact]
    public async Task A_wrong_method_and_an_unknown_path_are_explained_in_Turkish()
    {
        using var put = await Visitor.Http.PutAsync(Url("/tr"), null, Cancellation);
        using var unknown = await Visitor.Http.GetAsync("/tr/oauth/authorise", Cancellation);

        await AssertTurkishAsync(put, HttpStatusCode.MethodNotAllowed, "Bu sayfa GET ile açılır");
        await AssertTurkishAsync(unknown, HttpStatusCode.NotFound, "Sayfa bulunamadı");
    }

    [Fact]
    public void Both_languages_have_texts_for_every_problem_and_scope()
    {
        Assert.Equal(Enum.GetValues<ProblemKind>().Order(), PageWords.English.Problems.Keys.Order());
        Assert.Equal(Enum.GetValues<ProblemKind>().Order(), PageWords.Turkish.Problems.Keys.Order());
        Assert.Equal(PageWords.English.Scopes.Keys.Order(StringComparer.Ordinal), PageWords.Turkish.Scopes.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("create:apikey:options", PageWords.Turkish.Scopes.Keys);
    }

    [Fact]
    public void No_text_is_the_same_in_both_languages()
        => Assert.Empty(Texts(PageWords.English).Intersect(Texts(PageWords.Turkish)));

    private static string Url(string language, params (string Name, string? Value)[] changes)
        => Visitor.AuthorizeUrl(changes).Replace("/en/", $"{language}/", StringComparison.Ordinal);

    private static async Task AssertTurkishAsync(HttpResponseMessage response, HttpStatusCode status, string title)
    {
        var html = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains("<html lang=\"tr\">", html, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", Decode(html), StringComparison.Ordinal);
        AssertNoEnglish(html);
    }

    // The texts between tags.
    private static void AssertNoEnglish(string html)
        => Assert.Empty(Text().Matches(html).Select(text => Decode(text.Groups[1].Value).Trim()).Intersect(Texts(PageWords.English)));

    private static string Decode(string html) => WebUtility.HtmlDecode(html);

    private static HashSet<string> Texts(PageWords words)
    {
        var texts = typeof(PageWords).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType == typeof(string))
            .Select(property => (string)property.GetValue(words)!)
            .Concat(words.Scopes.Values);
        PageText[] pages = [words.Used, words.Denied, .. words.Problems.Values];
        return [.. texts, .. pages.SelectMany(page => new[] { page.Title, page.Explanation, page.Known }).OfType<string>()];
    }

    [GeneratedRegex(">([^<>]+)<")]
    private static partial Regex Text();
}
