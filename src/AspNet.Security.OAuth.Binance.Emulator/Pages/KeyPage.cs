using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The page that a browser without the control key gets in place of the status page.</summary>
internal static class KeyPage
{
    public static EmulatorResponse Create(EmulatorCall call) => Layout.Page(401, call.Prefix, PageWords.English, "This page needs the control key", "card", Html.Of($"""
        <h1>This page needs the control key</h1>
        <p>Other machines can reach this emulator, so its status page requires the control key. The program that started it shows the
        key in its console or its log, or has set the key itself (<code>ControlKey</code>).</p>
        <p>Open <code>{call.Path}?key=…</code> with the key once. A cookie then gives this browser access.</p>
        """));
}
