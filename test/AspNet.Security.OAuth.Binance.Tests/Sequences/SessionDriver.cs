using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// The site, the browsers and the emulator of one sequence. The sequences use <see cref="TestSite"/>, <see cref="Farm"/> and
/// <see cref="SiteBrowser"/> through this class only.
/// </summary>
internal sealed class SessionDriver : IAsyncDisposable
{
    public const string Main = SiteResponse.CookieName;
    public const string Other = ".AspNetCore.Other";

    /// <summary>How long a session lasts without a request.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(3);

    // A request that never ends fails.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    private static readonly string[] _users = [BinanceEmulatorDefaults.UserId, BinanceEmulatorDefaults.SecondUserId];
    private static readonly Dictionary<string, string> _schemes = new() { [Main] = CookieAuthenticationDefaults.AuthenticationScheme, [Other] = "Other" };

    private readonly SessionKind _kind;
    private readonly Farm? _farm;
    private readonly TestSite[] _sites;
    private readonly SiteBrowser[] _browsers;
    private readonly ConcurrentDictionary<string, PageHold> _holds;

    // What each cookie held when it was set: the session, or what its key led to.
    private readonly ConcurrentDictionary<string, CookieContent> _contents = [];
    private readonly Dictionary<string, string> _grants = [];
    private long _lastRequest;

    private SessionDriver(SessionKind kind, Farm? farm, TestSite[] sites, ConcurrentDictionary<string, PageHold> holds)
        => (_kind, _farm, _sites, _holds, _browsers) = (kind, farm, sites, holds, [sites[0].Browser(), sites[0].Browser()]);

    public DateTimeOffset Now => _sites[0].Clock.GetUtcNow();

    public int Processes => _sites.Length;

    private BinanceEmulator Emulator => _sites[0].Emulator;

    public static async Task<SessionDriver> StartAsync(SessionKind kind)
    {
        var holds = new ConcurrentDictionary<string, PageHold>();
        void Configure(SiteSetup setup)
        {
            setup.Cookie = static cookie => cookie.ExpireTimeSpan = SessionLife;
            setup.Authentication = static builder => builder.AddCookie("Other", static cookie => cookie.ExpireTimeSpan = SessionLife);
            setup.Pages["/page"] = setup.Pages["/Account/Logout"] = context => ServeAsync(context, holds);
            if (kind is SessionKind.Server)
            {
                setup.KeepOnServer(null, "Cookies", "Other");
            }
        }

        if (kind is SessionKind.Cookie)
        {
            return new(kind, null, [await TestSite.StartAsync(Configure)], holds);
        }

        var farm = await Farm.StartAsync(Configure);
        return new(kind, farm, [farm.First, farm.Second], holds);
    }

    public static string UserOf(int user) => _users[user];

    /// <summary>Lets time pass, when the commands of the cache have ended: it would end them.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await _sites[0].Clock.SettleAsync();
        _sites[0].Clock.Pass(time);
    }

    /// <summary>What a browser's cookie holds, or <see langword="null"/> if it has none.</summary>
    public CookieContent? Held(int browser, string cookie)
        => _browsers[browser].HasCookie(cookie) ? _contents[_browsers[browser].Cookie(cookie)] : null;

    /// <summary>Sends a request, and returns when its page holds it.</summary>
    public async Task<OpenRequest> OpenAsync(int browser, int process, Work work)
    {
        var (name, hold) = (Guid.NewGuid().ToString("N"), new PageHold());
        _holds[name] = hold;
        var path = $"{(work is Work.SignOutAtLogoutPath ? "/Account/Logout" : "/page")}?hold={name}&work={work}";
        var response = At(browser, process).SendAsync(path);
        await Task.WhenAny(hold.Reached, response).WaitAsync(_longest, TestContext.Current.CancellationToken);
        if (response.IsCompleted)
        {
            Assert.Fail($"The page was not reached: {(await response).Status}.");
        }

        var (main, other) = await hold.Reached;
        return new(main, other, hold.Worked, async () =>
        {
            hold.Release();
            return await ReceivedAsync(browser, await response.WaitAsync(_longest, TestContext.Current.CancellationToken));
        });
    }

    /// <summary>Sends requests at once, which wait for each other.</summary>
    public Task<OpenRequest[]> OpenAtOnceAsync(int browser, int count)
        => Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => OpenAsync(browser, number % Processes, Work.Show))));

    /// <summary>Sends a request that waits for the token endpoint, and signs out at the logout path meanwhile; not if the request refreshes nothing.</summary>
    public async Task<(OpenRequest Request, OpenRequest? SignOut, Received? SignedOut)> SignOutDuringRefreshAsync(int browser, int process, int signOutProcess)
    {
        using var hold = Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var refreshing = OpenAsync(browser, process, Work.Show);
        await Task.WhenAny(refreshing, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));
        if (refreshing.IsCompleted)
        {
            return (await refreshing, null, null);
        }

        var signOut = await OpenAsync(browser, signOutProcess, Work.SignOutAtLogoutPath);

        // The page has signed out when its response begins, which may wait for the tokens to revoke them.
        var signedOut = signOut.FinishAsync();
        await Task.WhenAny(signOut.Worked, signedOut).WaitAsync(_longest, TestContext.Current.CancellationToken);
        hold.Release();
        return (await refreshing, signOut, await signedOut);
    }

    /// <summary>Consents to a sign-in that was started.</summary>
    /// <returns>The path of the callback.</returns>
    public async Task<string> ConsentAsync(Received challenge, int user)
    {
        Emulator.Options.AutoApproveUser = UserOf(user);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var binance = new HttpClient(handler);
        using var consent = await binance.GetAsync(challenge.Location, TestContext.Current.CancellationToken);
        return consent.Headers.Location!.PathAndQuery;
    }

    public async Task<Received> CallbackAsync(int browser, int process, string callback)
        => await ReceivedAsync(browser, await At(browser, process).DeliverCallbackAsync(callback).WaitAsync(_longest, TestContext.Current.CancellationToken));

    public async Task RefreshByServiceAsync(int process, string refreshToken)
    {
        try
        {
            await _sites[process].Client.RefreshTokensAsync(refreshToken, cancellationToken: TestContext.Current.CancellationToken);
        }
        catch (BinanceAuthenticationException)
        {
            // Refused or unavailable, as the journal says.
        }
    }

    public void RevokeAtServer(string refreshToken)
    {
        foreach (var token in Emulator.Tokens.RefreshTokens.Where(token => token.GrantId == GrantOf(refreshToken)).ToArray())
        {
            Emulator.Tokens.Revoke(token.Value);
        }
    }

    /// <summary>Has the token endpoint do something during a step.</summary>
    public void Script(Server server)
    {
        Emulator.Faults.Clear();
        if (server is not Server.Works)
        {
            Emulator.Faults.Next(
                EmulatorEndpoint.Token, server is Server.Refuses ? EmulatorFault.InvalidGrant : EmulatorFault.Status(503), int.MaxValue);
        }
    }

    /// <summary>The refreshes since the last time.</summary>
    public IReadOnlyList<RefreshRequest> NewRefreshes()
    {
        var requests = Emulator.Requests.To(EmulatorEndpoint.Token).Where(request => request.Number > _lastRequest).ToArray();
        foreach (var request in requests)
        {
            _lastRequest = Math.Max(_lastRequest, request.Number);
            if (request is { Status: 200, GrantId: { } grant })
            {
                using var body = JsonDocument.Parse(request.ResponseBody);
                _grants[body.RootElement.GetProperty("refresh_token").GetString()!] = grant;
            }
        }

        return [.. requests.Where(request => request.GrantType == "refresh_token").Select(request => new RefreshRequest(
            request.Number, request.Time, request.Form["refresh_token"]!, request.Status == 200, request.Status == 400, request.Fault is not null))];
    }

    /// <summary>The consent that a refresh token belongs to.</summary>
    public string GrantOf(string refreshToken) => _grants.GetValueOrDefault(refreshToken, refreshToken);

    /// <summary>Whether any token of a consent is good.</summary>
    public bool IsGrantLive(string grant)
        => Emulator.Tokens.AccessTokens.Any(token => token.GrantId == grant) || Emulator.Tokens.RefreshTokens.Any(token => token.GrantId == grant);

    /// <summary>The user of an access token, or <see langword="null"/> if it is not good.</summary>
    public string? OwnerOf(string accessToken) => Emulator.Tokens.AccessTokens.FirstOrDefault(token => token.Value == accessToken)?.UserId;

    /// <summary>The tokens that a session on the server has now.</summary>
    public async Task<CookieContent?> StoredAsync(int browser, string cookie)
        => _kind is SessionKind.Server && _browsers[browser].HasCookie(cookie)
            ? await ReadAsync(_browsers[browser].Cookie(cookie), cookie)
            : Held(browser, cookie);

    public async ValueTask DisposeAsync()
    {
        foreach (var hold in _holds.Values)
        {
            hold.Release();
        }

        await (_farm?.DisposeAsync() ?? _sites[0].DisposeAsync());
    }

    private static async Task ServeAsync(HttpContext context, ConcurrentDictionary<string, PageHold> holds)
    {
        var (hold, work) = (holds[context.Request.Query["hold"]!], Enum.Parse<Work>(context.Request.Query["work"]!));
        var main = await context.AuthenticateAsync("Cookies");
        var other = work is Work.ShowBoth ? await context.AuthenticateAsync("Other") : null;
        await hold.WaitAsync(SeenIn(main), other is null ? null : SeenIn(other));
        switch (work)
        {
            case Work.SignOut or Work.SignOutAtLogoutPath:
                await context.SignOutAsync("Cookies");
                break;
            case Work.SignOutOther:
                await context.SignOutAsync("Other");
                break;
            case Work.HandOver when main.Succeeded && main.Properties.ExpiresUtc > context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow():
                await context.SignInAsync("Other", main.Principal, main.Properties);
                break;
            case Work.Challenge:
                await context.ChallengeAsync("Binance", new AuthenticationProperties { RedirectUri = "/" });
                return;
        }

        hold.Complete();
        await context.Response.WriteAsync("a page", context.RequestAborted);
    }

    private static Seen? SeenIn(AuthenticateResult result) => result.Succeeded
        ? new(
            result.Properties.Items[".bn"]!,
            result.Principal.FindFirstValue(ClaimTypes.NameIdentifier)!,
            result.Properties.GetTokenValue("access_token")!,
            Time(result.Properties.GetTokenValue("expires_at")!))
        : null;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    // The browser at one process of the site.
    private SiteBrowser At(int browser, int process) => _browsers[browser].Copy(_sites[process]);

    private async Task<Received> ReceivedAsync(int browser, SiteResponse response)
    {
        var names = response.SetCookies.Select(cookie => cookie.Name.Value!).ToArray();
        var cookies = new Dictionary<string, Written>();
        foreach (var cookie in response.SetCookies.Where(cookie => _schemes.ContainsKey(cookie.Name.Value!)))
        {
            var (name, value) = (cookie.Name.Value!, cookie.Value.Value!);
            if (value.Length > 0 && !_contents.ContainsKey(value))
            {
                _contents[value] = await ReadAsync(value, name) ?? throw new InvalidOperationException("A cookie was written that holds no session.");
            }

            cookies[name] = new(value.Length > 0 ? _contents[value] : null);
        }

        return new(
            response.Status,
            response.Location?.ToString(),
            cookies,
            [.. names.Where(name => names.Count(other => other == name) > 1).Distinct()],
            () => _browsers[browser].Receive(response));
    }

    private async Task<CookieContent?> ReadAsync(string value, string cookie)
    {
        var options = _sites[0].CookieOptions(_schemes[cookie]);
        var ticket = options.TicketDataFormat.Unprotect(value);
        if (ticket is not null && options.SessionStore is { } store)
        {
            ticket = await store.RetrieveAsync(Assert.Single(ticket.Principal.Claims).Value);
        }

        return ticket is null ? null : new(
            ticket.Properties.Items[".bn"]!,
            ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier)!,
            ticket.Properties.IssuedUtc!.Value,
            ticket.Properties.ExpiresUtc!.Value,
            ticket.Properties.GetTokenValue("access_token")!,
            ticket.Properties.GetTokenValue("refresh_token")!,
            Time(ticket.Properties.GetTokenValue("expires_at")!));
    }

    /// <summary>Holds a page after its authentication, until the sequence releases it.</summary>
    private sealed class PageHold
    {
        private readonly TaskCompletionSource<(Seen? Main, Seen? Other)> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _worked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<(Seen? Main, Seen? Other)> Reached => _reached.Task;

        /// <summary>Completes when the page has done its work, and its response begins.</summary>
        public Task Worked => _worked.Task;

        public void Release() => _released.TrySetResult();

        public void Complete() => _worked.TrySetResult();

        public Task WaitAsync(Seen? main, Seen? other)
        {
            _reached.TrySetResult((main, other));
            return _released.Task;
        }
    }
}
