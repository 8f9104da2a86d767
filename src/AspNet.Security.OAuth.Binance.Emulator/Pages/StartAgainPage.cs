using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The response to a consent form that is no longer valid. The page has a link that sends the same authorize request again.</summary>
internal static class StartAgainPage
{
    /// <summary>The form was submitted before: typically the user went back and submitted it again.</summary>
    public static EmulatorResponse Used(EmulatorCall call)
        => Create(call, static words => words.Used, new("The consent page was used before. It is valid for one decision."));

    /// <summary>The form has expired, or its client or account was changed or removed.</summary>
    public static EmulatorResponse Over(EmulatorCall call)
        => Create(call, static words => words.Over, new("The consent page is no longer valid: it is older than ten minutes, from before a start or a reset, or its client or account has changed."));

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
