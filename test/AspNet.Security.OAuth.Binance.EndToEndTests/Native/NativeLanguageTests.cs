using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The console sample in the language of the user, on a machine without ICU.
/// </summary>
public sealed partial class NativeLanguageTests
{
    private const int Columns = 79;

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData(null, null, null, false)]
    [InlineData(null, null, "tr_TR.UTF-8", true)]
    [InlineData(null, null, "tr", true)]
    [InlineData(null, null, "C.UTF-8", false)]
    [InlineData(null, null, "de_DE.UTF-8", false)]
    [InlineData(null, "en_US.UTF-8", "tr_TR.UTF-8", false)]
    [InlineData("tr_TR.UTF-8", "en_US.UTF-8", "en_US.UTF-8", true)]
    [InlineData("", "", "tr_TR.UTF-8", true)]
    public async Task Texts_have_the_language_of_the_environment(string? all, string? messages, string? lang, bool isTurkish)
    {
        await using var desktop = await Desktop.StartAsync();
        var start = desktop.StartOf("sign-out", "--session", desktop.SessionFile, "--client-id", "id");
        (start.Environment["LC_ALL"], start.Environment["LC_MESSAGES"], start.Environment["LANG"]) = (all, messages, lang);
        await using var sample = SampleProgram.Start(start);

        Assert.Equal(0, await sample.EndAsync());
        Assert.Equal(isTurkish ? "Giriş yapmış değilsiniz." : "You are not signed in.", sample.Text);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sign_in_and_sign_out_are_in_Turkish_within_80_columns_without_ICU()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await using var signIn = StartInTurkish(desktop, [.. desktop.Arguments, "--headless"]);
        await Visit.FollowAsync(await signIn.WaitForLineAsync("oauth/authorize?"));
        Assert.Equal(0, await signIn.EndAsync());
        await using var again = StartInTurkish(desktop, desktop.Arguments);
        Assert.Equal(0, await again.EndAsync());
        await using var signOut = StartInTurkish(desktop, [.. desktop.Arguments, "sign-out"]);
        Assert.Equal(0, await signOut.EndAsync());

        Assert.Contains("Giriş yaptınız.", signIn.Text, StringComparison.Ordinal);
        Assert.Contains("8 sa 31 dk daha geçerli", signIn.Text, StringComparison.Ordinal);
        Assert.StartsWith("Oturumunuz hâlâ açık.", again.Text, StringComparison.Ordinal);
        Assert.Equal("Çıkış yaptınız. Binance belirtecin iptal edildiğini doğruladı.", signOut.Text);
        var lines = $"{signIn.Text}\n{again.Text}\n{signOut.Text}".Split('\n').Where(line => !line.Contains("http", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, Columns));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Help_in_Turkish_has_every_option_within_80_columns()
    {
        await using var desktop = await Desktop.StartAsync();
        await using var english = desktop.RunWith("--help");
        await using var turkish = StartInTurkish(desktop, "--help");
        Assert.Equal(0, await english.EndAsync());
        Assert.Equal(0, await turkish.EndAsync());

        Assert.Contains("oturumunuz hâlâ açıktır", turkish.Text, StringComparison.Ordinal);
        Assert.Equal(Option().Matches(english.Text).Select(match => match.Value), Option().Matches(turkish.Text).Select(match => match.Value));
        Assert.All(turkish.Text.Split('\n'), line => Assert.InRange(line.Length, 0, Columns));
    }

    private static SampleProgram StartInTurkish(Desktop desktop, params string[] arguments)
    {
        var start = desktop.StartOf(arguments);
        start.Environment["LANG"] = "tr_TR.UTF-8";

        // The runtime fails at once if it looks for this version of ICU.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_APPLOCALICU"] = "99.9";
        return SampleProgram.Start(start);
    }

    [GeneratedRegex("^  (--[a-z-]+( [A-Z]+)?|sign-out)|BINANCE_[A-Z_]+", RegexOptions.Multiline)]
    private static partial Regex Option();
}
