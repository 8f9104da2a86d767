using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>The buttons of the status page and their actions.</summary>
internal sealed class StatusActions(EmulatorTokens tokens, EmulatorClock clock, EmulatorFaults faults, StatusEvents events, Action reset)
{
    public const string Path = "/emulator/actions";

    // Against cross-site request forgery.
    private readonly string _antiforgery = RandomNumberGenerator.GetHexString(32, lowercase: true);

    private IReadOnlyList<StatusAction> Actions { get; } =
    [
        new("expire", "Expire all tokens", "All access tokens have expired.", () => tokens.ExpireAccessTokens()),
        new("advance", "Advance an hour", "The clock was advanced by an hour.", () => clock.Advance(TimeSpan.FromHours(1))),
        new("fail", "Next token request: 503", "The next token request gets 503.", () => faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503))),
        new("reset", "Reset", "Everything is as it was at the start.", reset),
    ];

    public EmulatorResponse Handle(EmulatorCall call)
    {
        // After a refused form the browser's address bar has this address, and a reload sends GET.
        if (call.Is("GET") || call.Is("HEAD"))
        {
            return EmulatorResponse.Redirect(303, $"{call.Prefix}/emulator");
        }

        if (!call.Is("POST"))
        {
            return Refuse(call, 405, "This address is for the buttons of the status page", "The buttons send POST.").With("Allow", "GET, HEAD, POST");
        }

        if (!Secret.AreEqual(call.Form["antiforgery"] ?? "", _antiforgery) || Actions.FirstOrDefault(action => action.Name == call.Form["action"]) is not { } chosen)
        {
            return Refuse(call, 400, "Nothing was done", "The status page is from before the last start of the emulator. Open it again, and press the button there.");
        }

        try
        {
            chosen.Do();
        }
        catch (ArgumentOutOfRangeException)
        {
            return Refuse(call, 409, "Nothing was done", "The clock cannot be advanced any further.");
        }

        events.Tell(chosen.Name);
        return EmulatorResponse.Redirect(303, $"{call.Prefix}/emulator?done={chosen.Name}");
    }

    /// <summary>Returns the form. It is in the part of the page that the script updates, because the next emulator at this address has another antiforgery value.</summary>
    public Html Form(EmulatorCall call) => Html.Of($"""
        <form class="tools" id="tools" method="post" action="{call.Prefix}{Path}">
        <input type="hidden" name="antiforgery" value="{_antiforgery}">
        {Html.Each(Actions, action => Html.Of($"<button id=\"action-{action.Name}\" name=\"action\" value=\"{action.Name}\"{(action.Name == "reset" ? Html.Of($" class=\"danger\"") : Html.Empty)}>{action.Label}</button>"))}
        </form>
        """);

    /// <summary>Returns the confirmation of the last action. It has the focus, so that a screen reader reads it.</summary>
    public Html Done(EmulatorCall call) => Actions.FirstOrDefault(action => action.Name == call.Query["done"]) is { } done
        ? Html.Of($"<p class=\"done\" id=\"done\" tabindex=\"-1\" autofocus>{done.Done}</p>")
        : Html.Empty;

    private static EmulatorResponse Refuse(EmulatorCall call, int status, string title, string explanation)
        => Layout.Page(status, call.Prefix, PageWords.English, title, "card", Html.Of($"""
            <h1>{title}</h1>
            <p>{explanation}</p>
            <p class="actions"><a class="button primary" href="{call.Prefix}/emulator">Open the status page</a></p>
            """)).Because(new(explanation));

    private sealed record StatusAction(string Name, string Label, string Done, Action Do);
}
