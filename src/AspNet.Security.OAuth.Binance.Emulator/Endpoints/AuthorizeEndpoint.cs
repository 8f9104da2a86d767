using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Endpoints;

/// <summary>
/// <c>/oauth/authorize</c>, with or without a language. GET returns the consent page or a decision. The page's form is posted to
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
    // Approves the request as this user, without the consent page.
    public const string UserParameter = "emulator_user";

    // "deny" denies the request, without the consent page.
    public const string DecisionParameter = "emulator_decision";

    public EmulatorResponse Handle(EmulatorCall call)
    {
        if (call.Defect is { } defect)
        {
            return ErrorPage.Create(call, new(ProblemKind.UnreadableRequest), defect.Status);
        }

        return call.Method switch
        {
            "GET" or "HEAD" => Begin(call),
            "POST" => Decide(call),
            _ => ErrorPage.Create(call, new(ProblemKind.AuthorizeMethod), 405).With("Allow", "GET, HEAD, POST"),
        };
    }

    private EmulatorResponse Begin(EmulatorCall call)
    {
        if (reader.Read(call.Query, out var refusal) is not { } request)
        {
            // A refused request of a known client is a sign-in of its own in the journal.
            return (refusal!.Redirect ?? ErrorPage.Create(call, refusal.Problem!)).Of(refusal.IsOfKnownClient ? RandomValue.GrantId() : null);
        }

        if (call.Query.Text(DecisionParameter) is { } decision)
        {
            return decision == "deny"
                ? Deny(call, 302, request)
                : ErrorPage.Create(call, new(ProblemKind.UnknownDecision, DecisionParameter, decision)).Of(request.GrantId);
        }

        if (call.Query.Text(UserParameter) is { } chosen)
        {
            return ApproveAtOnce(call, request, users.Find(chosen), UserParameter, chosen);
        }

        if (options.AutoApprove)
        {
            var id = options.AutoApproveUser;
            return ApproveAtOnce(call, request, id is null ? users.FirstOrDefault() : users.Find(id), nameof(BinanceEmulatorOptions.AutoApproveUser), id);
        }

        return ConsentPage.Create(call, request, [.. users], consents.Add(request)).Of(request.GrantId);
    }

    private EmulatorResponse Decide(EmulatorCall call)
    {
        var request = consents.Take(call.Form.Text("consent") ?? "", out var grantId, out var wasUsed);
        if (wasUsed)
        {
            return StartAgainPage.Used(call).Of(grantId);
        }

        // The page has expired, its client was changed or removed, or the emulator was restarted or reset.
        if (request is null || clients.Find(request.Client.ClientId) != request.Client)
        {
            return StartAgainPage.Over(call).Of(grantId);
        }

        // 303, so that the browser does not post the form to the application (RFC 9700 section 4.12).
        return call.Form["decision"] switch
        {
            "authorize" when users.Find(call.Form["user"] ?? "") is { } user => Approve(303, request, user),
            "cancel" => Deny(call, 303, request),
            _ => StartAgainPage.Over(call).Of(grantId),
        };
    }

    private EmulatorResponse Deny(EmulatorCall call, int status, AuthorizeRequest request) => options.DenialBehavior == DenialBehavior.StayOnPage
        ? DeniedPage.Create(call, request).Of(request.GrantId)
        : AuthorizeRedirect.Denied(status, request).Of(request.GrantId);

    private EmulatorResponse ApproveAtOnce(EmulatorCall call, AuthorizeRequest request, EmulatorUser? user, string source, string? id) => user is null
        ? ErrorPage.Create(call, users.Any() ? new(ProblemKind.UnknownAccount, source, id, [.. users.Select(known => known.UserId)]) : new(ProblemKind.NoAccount)).Of(request.GrantId)
        : Approve(302, request, user);

    private EmulatorResponse Approve(int status, AuthorizeRequest request, EmulatorUser user)
    {
        var grant = new Grant(request.Client.ClientId, user.UserId, request.Scopes) { Id = request.GrantId };
        var code = codes.Add(new AuthorizationCode(grant, request.RedirectUri, request.CodeChallenge, clock.GetUtcNow() + options.CodeLifetime));
        return AuthorizeRedirect.Code(status, request, code).Of(request.GrantId);
    }
}
