using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>In the place of the status page, for a browser that has not shown the control key.</summary>
internal static class KeyPage
{
    public static EmulatorResponse Create(EmulatorCall call) => Layout.Page(401, call.Prefix, PageWords.English, "This page needs the control key", "card", Html.Of($"""
        <h1>This page needs the control key</h1>
        <p>Other machines can reach this emulator, so that its status is for those who have its control key. The program that started it
        shows the key, in its console or its log, or has set it itself (<code>ControlKey</code>).</p>
        <p>Open <code>{call.Path}?key=…</code> with the key once; this browser is let in from then on.</p>
        """));
}
