using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>For a consent form that was submitted before or has expired, typically by the Back button and Authorize again.</summary>
internal static class StartAgainPage
{
    public static EmulatorResponse Create(EmulatorCall call) => Layout.Page(400, call.Prefix, "This page has been used", "card", Html.Of($"""
        <h1>This page has been used</h1>
        <p>Each consent page can be answered once, within ten minutes. You may be signed in already; go back to the application to see.</p>
        <p class="actions"><a class="button primary" href="{call.Path}{call.RawQuery}">Show the page again</a></p>
        """));
}
