using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>The state that the next requests depend on: scripted faults and holds, the clock, and the tokens.</summary>
internal sealed class StateSection(EmulatorClients clients, EmulatorUsers users, EmulatorClock clock, EmulatorFaults faults, TokenStore tokens)
{
    private const int LatestTokens = 50;

    public Html Markup()
    {
        var live = tokens.AccessTokens;
        return Html.Of($"""
            <div class="columns" id="state">
            <section id="part-faults" aria-labelledby="faults"><h2 id="faults">Scripted faults</h2>{Faults()}</section>
            <section id="part-clock" aria-labelledby="clock"><h2 id="clock">Clock</h2><p class="panel" id="now"><b>{Shown.Moment(clock.GetUtcNow())}</b>{Ahead(clock.Offset)}</p></section>
            </div>
            <section id="part-tokens" aria-labelledby="tokens"><h2 id="tokens">Live access tokens ({live.Count})</h2>
            {Rows("token-rows", live.Reverse().Take(LatestTokens), "No access token is live.", token => Html.Of($"""
            {Field("Token", Html.Of($"<code>{Secret.Shorten(token.Value)}</code>"))}{Field("Application", ClientName(token.ClientId))}{Field("Account", UserName(token.UserId))}{Field("Scopes", Html.Name(string.Join(", ", token.Scopes)))}{Field("Expires", Shown.Moment(token.ExpiresAt!.Value))}
            """))}
            </section>
            <section id="part-revoked" aria-labelledby="revoked"><h2 id="revoked">Recently revoked</h2>
            {Rows("revoked-rows", tokens.Revocations, "No token was revoked.", revocation => Html.Of($"""
            {Field("When", Shown.Moment(revocation.At))}{Field("Token", Html.Of($"<code>{Secret.Shorten(revocation.Token)}</code>"))}{Field("Application", ClientName(revocation.ClientId))}{Field("Account", UserName(revocation.UserId))}{Field("Why", Html.Of($"{revocation.Reason}"))}
            """))}
            </section>
            """);
    }

    private static string Ahead(TimeSpan offset) => offset == TimeSpan.Zero ? ", the system’s time"
        : offset < TimeSpan.FromSeconds(1) ? ", less than a second ahead of the system’s"
        : $", {Shown.Span(offset)} ahead of the system’s";

    private Html Faults()
    {
        var (pending, holds) = (faults.Pending, faults.Holds);
        return pending.Count + holds.Count == 0
            ? Html.Of($"<p class=\"empty\" id=\"no-faults\">None. Every request is handled normally.</p>")
            : Html.Of($"""
                <ul class="panel" id="fault-list">
                {Html.Each(holds, hold => Html.Of($"<li>{$"{hold.Endpoint}"}: held, {hold.Arrived} waiting</li>"))}
                {Html.Each(pending, fault => Html.Of($"<li>{$"{fault.Endpoint}: {fault.Fault}"}, {(fault.Times == int.MaxValue ? "until cleared" : fault.Times == 1 ? "once" : $"{Shown.Number(fault.Times)} times")}</li>"))}
                </ul>
                """);
    }

    private Html ClientName(string clientId) => Html.Name(clients.Find(clientId)?.DisplayName ?? clientId);

    private Html UserName(string userId) => Html.Name(users.Find(userId)?.Label ?? userId);

    private static Html Rows<T>(string id, IEnumerable<T> rows, string empty, Func<T, Html> row)
    {
        var list = rows.ToList();
        return list.Count == 0
            ? Html.Of($"<p class=\"empty\" id=\"{id}\">{empty}</p>")
            : Html.Of($"<ul class=\"rows\" id=\"{id}\">{Html.Each(list, item => Html.Of($"<li><dl>{row(item)}</dl></li>"))}</ul>");
    }

    private static Html Field(string name, Html value) => Html.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");
}
