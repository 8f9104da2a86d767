using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <content>The English texts.</content>
internal sealed partial record PageWords
{
    public static PageWords English { get; } = new("en")
    {
        NotBinance = "This is not Binance.",
        NoPassword = "It is an emulator for development and tests. Never enter a real password here; it never asks for one.",
        Skip = "Skip to the content",
        Status = "Emulator status",
        NotAffiliated = "Open source, not affiliated with or endorsed by Binance.",
        WantsAccess = "wants to use your account",
        Permissions = "It will be able to",
        ChooseAccount = "Choose an account",
        NoEmail = "No e-mail address",
        NoAccounts = "This emulator has no accounts, so nobody can authorize. Add an account first.",
        Authorize = "Authorize",
        Cancel = "Cancel",
        Return = "In both cases you return to",
        Used = new("This page has been used", "A consent page is valid for one decision, within ten minutes. You may be signed in already: return to the application to check."),
        Over = new("This page is no longer valid", "It is older than ten minutes, or the application or the account has changed since."),
        ShowAgain = "Show the page again",
        Denied = new("Access was not granted", "cannot use your account. You can close this page."),
        Problems = new Dictionary<ProblemKind, PageText>
        {
            [ProblemKind.UnreadableRequest] = new("The request cannot be read", "It has too many parameters, or a body that is too long or was cut off."),
            [ProblemKind.AuthorizeMethod] = new("This page is opened with GET", "The authorize page accepts GET and HEAD, and POST from its own form."),
            [ProblemKind.PageMethod] = new("This page is opened with GET", "It accepts GET and HEAD alone."),
            [ProblemKind.RepeatedClientId] = new("More than one client_id", "The request has more than one client_id."),
            [ProblemKind.MissingClientId] = new("Unknown client", "The request has no client_id.", "Registered client ids"),
            [ProblemKind.UnknownClient] = new("Unknown client", "The client_id in the request is not registered with this emulator.", "Registered client ids"),
            [ProblemKind.RepeatedRedirectUri] = new("More than one redirect_uri", "The request has more than one redirect_uri."),
            [ProblemKind.MissingRedirectUri] = new("Unregistered redirect URI", "The request has no redirect_uri.", "Registered redirect URIs"),
            [ProblemKind.UnregisteredRedirectUri] = new(
                "Unregistered redirect URI",
                "The redirect_uri in the request is not registered for this client. It must be the same, character by character.",
                "Registered redirect URIs"),
            [ProblemKind.UnregisteredLoopbackRedirectUri] = new(
                "Unregistered redirect URI",
                "The redirect_uri in the request is not registered for this client. It must be the same, character by character, except for the port.",
                "Registered redirect URIs, on any port"),
            [ProblemKind.UnknownDecision] = new("Unknown decision", "emulator_decision is “deny” or left out. To approve at once, send emulator_user."),
            [ProblemKind.UnknownAccount] = new("Unknown account", "The emulator has no such account.", "Known user ids"),
            [ProblemKind.NoAccount] = new("No account", "The emulator has no accounts, so nobody can sign in."),
            [ProblemKind.NotFound] = new("Page not found", "The emulator has no page at this address. Addresses are case-sensitive, and a slash at the end matters.", "Available addresses"),
        },
        Scopes = new Dictionary<string, string>
        {
            ["user:openId"] = "Recognise you by your user id",
            ["user:email"] = "See your e-mail address",
            ["user:name"] = "See your name",
            ["user:address"] = "See your postal address",
            ["user:mobile"] = "See your phone number",
            ["user:kyc"] = "See your identity verification",
            ["user:status"] = "See your account status",
            ["user:pay"] = "Pay with Binance Pay",
            ["asset:balance"] = "See your balances",
            ["asset:ocbs"] = "Buy and sell for you",
            ["account:status"] = "See the status of your account",
            ["create:apikey"] = "Create API keys for you",
            ["create:apikey:margin"] = "Create API keys for margin trading for you",
            ["create:apikey:options"] = "Create API keys for options trading for you",
        },
    };
}
