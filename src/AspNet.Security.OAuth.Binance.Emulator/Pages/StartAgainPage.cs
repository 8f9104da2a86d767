using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>For a consent form that cannot be used any more. The page offers to begin the same request again.</summary>
internal static class StartAgainPage
{
    /// <summary>It was submitted before, typically by the Back button and Authorize again.</summary>
    public static EmulatorResponse Used(EmulatorCall call)
        => Create(call, static words => words.Used, new("The consent page was used before. Each is good for one decision."));

    /// <summary>It has expired, or what it shows is no longer there.</summary>
    public static EmulatorResponse Over(EmulatorCall call)
        => Create(call, static words => words.Over, new("The consent page is no longer valid: it is older than ten minutes, from before a start or a reset, or what it shows was changed."));

    private static EmulatorResponse Create(EmulatorCall call, Func<PageWords, PageText> chosen, EmulatorRefusal reason)
    {
        var words = PageWords.For(call);
        var text = chosen(words);
        return Layout.Page(400, call.Prefix, words, text.Title, "card", Html.Of($"""
            <h1>{text.Title}</h1>
            <p>{text.Explanation}</p>
            <p class="actions"><a class="button primary" href="{call.Path}{call.RawQuery}">{words.ShowAgain}</a></p>
            """)).Because(reason);
    }
}
