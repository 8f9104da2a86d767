using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The page after a denial without a redirect: <see cref="DenialBehavior.StayOnPage"/>.</summary>
internal static class DeniedPage
{
    public static EmulatorResponse Create(EmulatorCall call, AuthorizeRequest request)
    {
        var words = PageWords.For(call);
        return Layout.Page(200, call.Prefix, words, words.Denied.Title, "card", Html.Of($"""
            <h1>{words.Denied.Title}</h1>
            <p><b>{Html.Name(request.Client.DisplayName)}</b> {words.Denied.Explanation}</p>
            """));
    }
}
