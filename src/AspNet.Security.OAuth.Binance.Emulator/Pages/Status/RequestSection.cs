using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>The latest requests, grouped by sign-in: the request, the response, and the reason for a refusal.</summary>
internal sealed class RequestSection(EmulatorClients clients, EmulatorUsers users, EmulatorJournal journal, TokenStore tokens, GrantTypes grantTypes)
{
    private const int LatestSignIns = 20;

    // In each group, in addition to those that are always shown.
    private const int LatestSteps = 30;

    public Html Markup()
    {
        var (groups, hidden) = RequestGroup.Newest(journal.Where(IsOfInterest), LatestSignIns);
        return Html.Of($"""
            <section id="part-requests" aria-labelledby="requests"><h2 id="requests">Requests</h2>
            {(groups.Count == 0 ? Html.Of($"<p class=\"empty\" id=\"no-requests\">No request yet. Start a sign-in at your application.</p>") : Html.Each(groups, Group))}
            {NotShown("earlier-sign-ins", hidden, "sign-in")}
            </section>
            """);
    }

    // Requests for the page itself are not shown on it.
    public static bool IsOfInterest(EmulatorRequest request)
        => request.Endpoint != EmulatorEndpoint.Page || request.Method is not ("GET" or "HEAD") || request.Status >= 400;

    private Html Group(RequestGroup group)
    {
        var steps = RequestStep.Of(group.Requests, grantTypes);
        var optional = steps.Where(step => group.GrantId is null || !step.IsKept).ToList();
        var hidden = optional.Take(Math.Max(0, optional.Count - LatestSteps)).ToHashSet();
        var id = group.GrantId is { } grant ? $"sign-in-{grant}" : $"without-{Id(group.Requests[0])}";
        return Html.Of($"""
            <article class="sign-in" id="{id}">
            <h3 id="{id}-title">{Title(group)}</h3>
            {NotShown($"{id}-earlier", hidden.Sum(step => step.Count), "request")}
            <ol class="steps" id="{id}-steps">{Html.Each(steps.Where(step => !hidden.Contains(step)), Step)}</ol>
            </article>
            """);
    }

    private static Html NotShown(string id, int count, string what) => count == 0
        ? Html.Empty
        : Html.Of($"<p class=\"quiet\" id=\"{id}\">{count} earlier {what}{(count == 1 ? " is" : "s are")} not shown.</p>");

    private Html Title(RequestGroup group)
    {
        // Requests without a known sign-in may belong to several clients.
        string[] named = [.. group.Requests.Select(request => request.Form["client_id"] ?? request.Query["client_id"]).OfType<string>().Distinct()];
        if (group.GrantId is not { } grant)
        {
            return named is [var one] && clients.Find(one) is { } known
                ? Html.Of($"{Html.Name(known.DisplayName)} <span class=\"quiet\">without a known sign-in</span>")
                : Html.Of($"Without a known sign-in");
        }

        var client = named.FirstOrDefault(id => id.Length > 0) ?? tokens.Owner(grant)?.ClientId;
        var user = tokens.Owner(grant)?.UserId ?? Authorizing(group);
        return Html.Of($"{(client is null ? Html.Of($"Sign-in") : Html.Name(clients.Find(client)?.DisplayName ?? client))}{(user is null ? Html.Empty : Html.Of($" <span class=\"quiet\">as {Html.Name(users.Find(user)?.Label ?? user)}</span>"))}");
    }

    // The account of the request that was redirected with a code. A form that cancels contains an account too.
    private static string? Authorizing(RequestGroup group) => group.Requests
        .Where(request => request.Location is { } location && Shown.Query(location).Contains("code"))
        .Select(request => request.Form["user"] ?? request.Query["emulator_user"])
        .FirstOrDefault();

    // With the time: the next emulator at this address counts from 1 again, while an open page still has the ids of the previous one.
    private static string Id(EmulatorRequest request) => $"request-{Shown.Number(request.Time.ToUnixTimeMilliseconds())}-{Shown.Number(request.Number)}";

    private Html Step(RequestStep step)
    {
        var (id, request) = (Id(step.First), step.Last);
        var redaction = new Redaction(request);
        var purpose = Purpose(request);
        var time = Shown.Moment(request.Time, "yyyy-MM-dd HH:mm:ss.fff 'UTC'");
        return Html.Of($"""
            <li class="{Tone(request)}" id="{id}">
            <p class="line" id="{id}-line"><b>{purpose}{(step.Count == 1 ? "" : $", {Shown.Number(step.Count)} times")}</b> <code>{request.Method} {Shown.Cut(redaction.Of(request.Path))}</code> <span class="outcome">{Outcome(request)}</span> {time}</p>
            {Why(id, request.Refusal, redaction)}
            <details id="{id}-details"><summary id="{id}-summary">Sent and returned{(step.Count == 1 ? "" : ", the last time")}<span class="unseen">: {purpose}, {Shown.TimeOfDay(step.First.Time)}</span></summary>
            <div id="{id}-sent">{Sent(request, redaction)}</div>
            <div id="{id}-returned">{Returned(request, redaction)}</div>
            {Body(id, request, redaction)}
            </details>
            </li>
            """);
    }

    private static Html Why(string id, EmulatorRefusal? refusal, Redaction redaction) => refusal is null ? Html.Empty : Html.Of($"""
        <div class="why" id="{id}-why"><p>{refusal.Rule}</p>{(refusal.Expected is null && refusal.Actual is null ? Html.Empty : Html.Of($"""
        <dl class="pairs">{Pair("Expected", refusal.Expected)}{Pair("Received", refusal.Actual is { } actual ? redaction.Of(actual) : refusal.Expected is null ? null : "nothing")}</dl>
        """))}</div>
        """);

    private static Html Body(string id, EmulatorRequest request, Redaction redaction) => request.ResponseBody.Length == 0
        ? Html.Empty
        : Html.Of($"<pre id=\"{id}-body\" tabindex=\"0\" aria-label=\"Body of the response\"><code>{Shown.Cut(redaction.Of(Shown.Body(request.ResponseBody)))}</code></pre>");

    private static Html Sent(EmulatorRequest request, Redaction redaction) => Html.Of($"""
        <h4>Sent</h4>
        <dl class="pairs">
        {Parameters(request.Query, "in the query", redaction)}
        {Parameters(request.Form, "in the body", redaction)}
        {(request.Form.Count == 0 && request.Body.Length > 0 ? Pair("Body", $"{Shown.Number(request.Body.Length)} characters") : Html.Empty)}
        {Pair("Content-Type", request.ContentType is { } type ? redaction.Of(type) : null)}
        {Pair("Authorization", request.Authorization is { } header ? Secret.ShortenHeader(header) : null)}
        {Pair("User-Agent", request.UserAgent is { } agent ? redaction.Of(agent) : null)}
        </dl>
        """);

    private static Html Returned(EmulatorRequest request, Redaction redaction) => Html.Of($"""
        <h4>Returned</h4>
        <dl class="pairs">
        {Pair("Status", request.Status == 0 ? "none: the request was aborted" : IsCut(request) ? $"none: {Shown.Number(request.Status)} was decided and not sent" : Shown.Number(request.Status))}
        {Pair("Fault", request.Fault)}
        {(request.Location is { } location ? Html.Of($"{Pair("Location", redaction.Of(Shown.Address(location)))}{Parameters(Shown.Query(location), "in the redirect", redaction)}") : Html.Empty)}
        </dl>
        """);

    private static Html Parameters(EmulatorParameters parameters, string place, Redaction redaction) => Html.Each(
        parameters,
        parameter => Html.Of($"<div><dt><code>{Shown.Cut(parameter.Key)}</code> <small>{place}</small></dt><dd><code>{Value(parameter, redaction)}</code></dd></div>"));

    private static string Value(KeyValuePair<string, string> parameter, Redaction redaction) => parameter.Value.Length == 0 ? "(empty)"
        : Redaction.IsSecret(parameter.Key) ? Secret.Shorten(parameter.Value)
        : Shown.Cut(redaction.Of(parameter.Value));

    private static Html Pair(string name, string? value)
        => value is null ? Html.Empty : Html.Of($"<div><dt>{name}</dt><dd><code>{Shown.Cut(value)}</code></dd></div>");

    private string Purpose(EmulatorRequest request) => request.Endpoint switch
    {
        EmulatorEndpoint.Authorize => "Authorize",
        EmulatorEndpoint.Token => grantTypes.Find(request.GrantType)?.Heading ?? "Token",
        EmulatorEndpoint.UserInfo => "User info",
        EmulatorEndpoint.Revoke => "Revoke",
        _ when RequestStep.IsConsent(request) => "Consent",
        _ when request is { Method: "OPTIONS", Status: 204 } => "Preflight of an allowed origin",
        _ => "Page",
    };

    private static string Tone(EmulatorRequest request) => request switch
    {
        { Fault: not null } => "fault",
        { Refusal: not null } or { Status: >= 400 } => "refused",
        _ => "good",
    };

    private static bool IsCut(EmulatorRequest request) => request.Fault == EmulatorFault.CutConnection.ToString();

    private static string Outcome(EmulatorRequest request)
    {
        var status = request.Status == 0 ? "aborted" : Shown.Number(request.Status);
        return request switch
        {
            // The journal has the whole response, of which the caller received nothing.
            { Fault: { } fault } when IsCut(request) => $"no response, {status} decided and not sent, fault: {fault}",
            { Fault: { } fault } when fault == EmulatorFault.HalfBody.ToString() => $"{status}, half of the body, fault: {fault}",
            { Fault: { } fault } => $"{status}, fault: {fault}",
            { Refusal: not null } => $"{status}, refused",
            { Location: { } location } => Shown.Query(location)["error"] is { } error ? $"{status}, redirect with {Shown.Cut(error)}" : $"{status}, redirect to the application",
            { Endpoint: EmulatorEndpoint.Authorize, Status: 200 } when request.Query["emulator_decision"] == "deny" => $"{status}, denied, stays on the page",
            { Endpoint: EmulatorEndpoint.Authorize, Status: 200 } => $"{status}, consent page shown",
            _ => status,
        };
    }
}
