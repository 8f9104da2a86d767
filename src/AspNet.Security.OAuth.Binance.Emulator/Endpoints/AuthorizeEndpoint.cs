using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary>
/// <c>/oauth/authorize</c>, with or without a language. GET shows the consent page or decides at once. The page's form is posted to
/// the same URL, so that an expired form can start the same request again.
/// </summary>
internal sealed class AuthorizeEndpoint(
    BinanceEmulatorOptions options,
    AuthorizeRequestReader reader,
    EmulatorClients clients,
    EmulatorUsers users,
    PendingConsents consents,
    CodeStore codes,
    EmulatorClock clock)
{
    // Approves at once, as this user.
    public const string UserParameter = "emulator_user";

    // "deny" refuses at once.
    public const string DecisionParameter = "emulator_decision";

    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (call.Defect is { } defect)
        {
            return ErrorPage.Create(call, new("The request cannot be read", defect.Body), defect.Status);
        }

        return call.Method switch
        {
            "GET" => Begin(call),
            "POST" => Decide(call),
            _ => ErrorPage.Create(call, new("This page is opened with GET", "The authorize page takes GET, and POST from its own form."), 405).With("Allow", "GET, POST"),
        };
    }

    private EmulatorResponse Begin(EmulatorCall call)
    {
        if (reader.Read(call.Query, out var refusal) is not { } request)
        {
            return refusal!.Redirect ?? ErrorPage.Create(call, refusal.Problem!);
        }

        if (call.Query.Text(DecisionParameter) is { } decision)
        {
            return decision == "deny"
                ? AuthorizeRedirect.Denied(302, request)
                : ErrorPage.Create(call, new("Unknown decision", $"{DecisionParameter} is \"deny\" or left out. To approve at once, send {UserParameter}."));
        }

        if (call.Query.Text(UserParameter) is { } chosen)
        {
            return ApproveAtOnce(call, request, users.Find(chosen), UserParameter);
        }

        if (options.AutoApprove)
        {
            var user = options.AutoApproveUser is { } id ? users.Find(id) : users.FirstOrDefault();
            return ApproveAtOnce(call, request, user, nameof(BinanceEmulatorOptions.AutoApproveUser));
        }

        return ConsentPage.Create(call, request, [.. users], consents.Add(request));
    }

    private EmulatorResponse Decide(EmulatorCall call)
    {
        // The page was submitted before, has expired, or its client was removed while it was open.
        if (call.Form.Text("consent") is not { } id || consents.Take(id) is not { } request || clients.Find(request.Client.ClientId) != request.Client)
        {
            return StartAgainPage.Create(call);
        }

        // 303, so that the browser does not post the form to the application (RFC 9700 section 4.12).
        return call.Form["decision"] switch
        {
            "authorize" when users.Find(call.Form["user"] ?? "") is { } user => Approve(303, request, user),
            "cancel" => AuthorizeRedirect.Denied(303, request),
            _ => StartAgainPage.Create(call),
        };
    }

    private EmulatorResponse ApproveAtOnce(EmulatorCall call, AuthorizeRequest request, EmulatorUser? user, string source) => user is null
        ? ErrorPage.Create(call, new("Unknown account", $"{source} names no account that this emulator knows.", "Known user ids", null, "Known user ids", [.. users.Select(known => known.UserId)]))
        : Approve(302, request, user);

    private EmulatorResponse Approve(int status, AuthorizeRequest request, EmulatorUser user)
    {
        var grant = new Grant(request.Client.ClientId, user.UserId, request.Scopes);
        var code = codes.Add(new AuthorizationCode(grant, request.RedirectUri, request.CodeChallenge, clock.GetUtcNow() + options.CodeLifetime));
        return AuthorizeRedirect.Code(status, request, code);
    }
}
