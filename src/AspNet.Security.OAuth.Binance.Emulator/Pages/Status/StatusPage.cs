using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>The status page: requests, state and settings. It contains no secret, and no whole token.</summary>
internal sealed class StatusPage(RequestSection requests, StateSection state, SetupSection setup, StatusActions actions)
{
    public const string LivePath = "/emulator/live";

    public EmulatorResponse Handle(EmulatorCall call) => IsRead(call)
        ? Layout.Page(200, call.Prefix, PageWords.English, "Status", "status", Html.Of($"""
            <div class="title">
            <img src="{call.Prefix}/emulator.svg" alt="" width="44" height="44">
            <div><h1>Binance emulator</h1><p id="connection">OAuth 2.0 on this machine, for “Login with Binance”</p></div>
            <a class="button" href="{call.Path}">Refresh</a>
            </div>
            <p class="unseen" id="news" role="status"></p>
            {actions.Done(call)}
            <div id="live" data-content="{call.Prefix}{LivePath}" data-events="{call.Prefix}{StatusEvents.Path}">{Live(call)}</div>
            <script src="{call.Prefix}/emulator.js" defer></script>
            """), "'self'", "'self'")
        : ErrorPage.Create(call, new(ProblemKind.PageMethod), 405).With("Allow", "GET, HEAD");

    /// <summary>The part of the page that changes, for the page's script.</summary>
    public EmulatorResponse HandleLive(EmulatorCall call) => IsRead(call)
        ? new EmulatorResponse(200) { ContentType = "text/html;charset=UTF-8", Body = Live(call).ToString() }
        : ErrorPage.Create(call, new(ProblemKind.PageMethod), 405).With("Allow", "GET, HEAD");

    private static bool IsRead(EmulatorCall call) => call.Is("GET") || call.Is("HEAD");

    // The script updates it element by element. An element with an id whose children all have one is a list, which the script keeps.
    private Html Live(EmulatorCall call) => Html.Of($"{actions.Form(call)}{requests.Markup()}{state.Markup()}{setup.Markup()}");
}
