using Xunit.Sdk;

namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>
/// Runs a sequence on a site and on the model, and checks after each step what docs/sessions.md, docs/tokens.md and docs/scaling.md say of sessions.
/// </summary>
internal sealed class SequenceRun(SessionDriver driver, SessionModel model, SessionChecks checks, Action<string> happened)
{
    private readonly List<Request> _held = [];
    private readonly List<Received> _late = [];
    private readonly List<PendingSignIn> _signIns = [];
    private int _step;

    public static async Task HoldsAsync(SessionKind kind, StepSequence sequence, Action<string> happened)
    {
        await using var driver = await SessionDriver.StartAsync(kind);
        var model = new SessionModel(kind);
        await new SequenceRun(driver, model, new(kind, driver, model, happened), happened).RunAsync(sequence);
    }

    private async Task RunAsync(StepSequence sequence)
    {
        foreach (var step in sequence.Steps)
        {
            await RunNextAsync(step);
        }

        while (_held.Count > 0)
        {
            await RunNextAsync(new Step.Finish(0, Delivery.Lost));
        }

        foreach (var (browser, process) in new[] { (0, 0), (0, 1), (1, 0), (1, 1) })
        {
            await RunNextAsync(new Step.Visit(browser, process, Work.ShowBoth, Server.Works, Delivery.Delivered));
        }
    }

    private async Task RunNextAsync(Step step)
    {
        _step++;
        try
        {
            await RunAsync(step);
            checks.CheckRefreshes();
        }
        catch (Exception exception)
        {
            throw new XunitException($"Step {_step}, {step}: {exception.Message}", exception);
        }

        // Two processes do nothing at the very same tick.
        await driver.PassAsync(TimeSpan.FromSeconds(1));
    }

    private async Task RunAsync(Step step)
    {
        switch (step)
        {
            case Step.Visit visit:
                await (visit.Server is Server.Works ? Task.CompletedTask : driver.PassAsync(TimeOf(Wait.UntilTokensAreDue)));
                driver.Script(visit.Server);
                await FinishAsync(await OpenAsync(visit.Browser, ProcessOf(visit.Process), visit.Work, visit.Server), visit.Delivery);
                driver.Script(Server.Works);
                break;
            case Step.Open open:
                _held.Add(await OpenAsync(open.Browser, ProcessOf(open.Process), open.Work, Server.Works));
                break;
            case Step.Finish finish when Take(_held, finish.Index) is { } request:
                await FinishAsync(request, finish.Delivery);
                break;
            case Step.Deliver deliver when Take(_late, deliver.Index) is { } response:
                response.Receive();
                break;
            case Step.VisitAtOnce visits:
                await VisitAtOnceAsync(visits);
                break;
            case Step.SignOutDuringRefresh signOut:
                await SignOutDuringRefreshAsync(signOut);
                break;
            case Step.Challenge challenge:
                await ChallengeAsync(challenge.Browser, ProcessOf(challenge.Process), challenge.User);
                break;
            case Step.SignIn signIn:
                await ChallengeAsync(signIn.Browser, 0, signIn.User);
                var session = await CallbackAsync(_signIns[^1], 0, signIn.Delivery);
                Assert.Equal(SessionDriver.UserOf(signIn.User), session?.User);
                break;
            case Step.Callback callback when _signIns.Count > 0:
                await CallbackAsync(callback);
                break;
            case Step.RefreshByService refresh when await driver.StoredAsync(refresh.Browser, SessionDriver.Main) is { } stored:
                model.Tokens.ShareGrant(driver.GrantOf(stored.RefreshToken));
                await driver.RefreshByServiceAsync(ProcessOf(refresh.Process), stored.RefreshToken);
                checks.CheckRefreshes();
                break;
            case Step.RevokeAtServer revoke when driver.Held(revoke.Browser, SessionDriver.Main) is { } held:
                driver.RevokeAtServer(held.RefreshToken);
                model.Tokens.EndGrant(driver.GrantOf(held.RefreshToken));
                break;
            case Step.Pass pass:
                await driver.PassAsync(TimeOf(pass.Wait));
                break;
        }
    }

    private async Task<Request> OpenAsync(int browser, int process, Work work, Server server)
    {
        var request = checks.Begin(browser, process, work, server);
        return checks.Check(request, await driver.OpenAsync(browser, process, work));
    }

    private async Task<Received> FinishAsync(Request request, Delivery delivery)
    {
        var grants = checks.GrantsOf(request);
        var response = await request.Open!.FinishAsync();
        checks.CheckFinished(request, response, grants);
        Deliver(response, delivery);
        return response;
    }

    private async Task VisitAtOnceAsync(Step.VisitAtOnce visits)
    {
        var requests = Enumerable.Range(0, visits.Count).Select(number => checks.Begin(visits.Browser, number % driver.Processes, Work.Show, Server.Works)).ToArray();
        var open = await driver.OpenAtOnceAsync(visits.Browser, visits.Count);
        foreach (var (request, opened) in requests.Zip(open))
        {
            checks.Check(request, opened);
        }

        foreach (var request in requests)
        {
            await FinishAsync(request, Delivery.Delivered);
        }
    }

    private async Task SignOutDuringRefreshAsync(Step.SignOutDuringRefresh step)
    {
        await driver.PassAsync(TimeOf(Wait.UntilTokensAreDue));
        var (process, signOutProcess) = (ProcessOf(step.Process), ProcessOf(step.SignOutProcess));
        var (request, signOut) = (checks.Begin(step.Browser, process, Work.Show, Server.Works), checks.Begin(step.Browser, signOutProcess, Work.SignOutAtLogoutPath, Server.Works));
        var grants = checks.GrantsOf(request);
        var overlap = await driver.SignOutDuringRefreshAsync(step.Browser, process, signOutProcess);
        if (overlap is not { SignOut: { } opened, SignedOut: { } signedOut })
        {
            await FinishAsync(checks.Check(request, overlap.Request), Delivery.Delivered);
            return;
        }

        checks.NoteOverlap(request);
        checks.CheckFinished(checks.Check(signOut, opened), signedOut, grants);
        await FinishAsync(checks.Check(request, overlap.Request), Delivery.Delivered);
        signedOut.Receive();
        happened("a sign-out overlaps a refresh");
    }

    private async Task ChallengeAsync(int browser, int process, int user)
    {
        var request = await OpenAsync(browser, process, Work.Challenge, Server.Works);
        var challenge = await FinishAsync(request, Delivery.Delivered);
        _signIns.Add(new(browser, SessionDriver.UserOf(user), await driver.ConsentAsync(challenge, user), request.Carried[SessionDriver.Main]));
    }

    private async Task CallbackAsync(Step.Callback step)
    {
        var (signIn, process) = (_signIns[step.Index % _signIns.Count], ProcessOf(step.Process));
        switch (step.Times)
        {
            case Callbacks.TwiceAtOnce:
                var carried = driver.Held(signIn.Browser, SessionDriver.Main);
                var responses = await Task.WhenAll(
                    Task.Run(() => driver.CallbackAsync(signIn.Browser, process, signIn.Path)),
                    Task.Run(() => driver.CallbackAsync(signIn.Browser, ProcessOf(process + 1), signIn.Path)));
                var first = checks.CheckCallback(signIn, process, carried, responses[0]);
                var second = checks.CheckCallback(signIn, ProcessOf(process + 1), carried, responses[1]);
                Assert.True(first is null || second is null || first == second, "Two deliveries of a callback began two sessions.");
                Deliver(responses[0], Delivery.Delivered);
                Deliver(responses[1], step.Delivery);
                break;
            case Callbacks.TwiceInTurn:
                await CallbackAsync(signIn, process, Delivery.Lost);
                await CallbackAsync(signIn, ProcessOf(process + 1), step.Delivery);
                break;
            case Callbacks.Replayed:
                await CallbackAsync(signIn, process, Delivery.Delivered);
                Assert.True(await CallbackAsync(signIn, ProcessOf(process + 1), Delivery.Delivered) is null, "A callback that was replayed signed in.");
                break;
            default:
                await CallbackAsync(signIn, process, step.Delivery);
                break;
        }
    }

    private async Task<ModelSession?> CallbackAsync(PendingSignIn signIn, int process, Delivery delivery)
    {
        var carried = driver.Held(signIn.Browser, SessionDriver.Main);
        var response = await driver.CallbackAsync(signIn.Browser, process, signIn.Path);
        var session = checks.CheckCallback(signIn, process, carried, response);
        Deliver(response, delivery);
        return session;
    }

    private void Deliver(Received response, Delivery delivery)
    {
        switch (delivery)
        {
            case Delivery.Delivered:
                response.Receive();
                break;
            case Delivery.Late:
                _late.Add(response);
                break;
        }
    }

    private int ProcessOf(int process) => process % driver.Processes;

    private static T? Take<T>(List<T> list, int index)
        where T : class
    {
        if (list.Count == 0)
        {
            return null;
        }

        var taken = list[index % list.Count];
        list.Remove(taken);
        return taken;
    }

    private static TimeSpan TimeOf(Wait wait) => wait switch
    {
        Wait.Second => TimeSpan.FromSeconds(1),
        Wait.HalfAMinute => TimeSpan.FromSeconds(31),
        Wait.NineMinutes => TimeSpan.FromMinutes(9),
        Wait.ElevenMinutes => TimeSpan.FromMinutes(11),
        Wait.UntilTokensAreDue => TimeSpan.FromMinutes(56),
        Wait.UntilTokensHaveExpired => TimeSpan.FromMinutes(61),
        Wait.HalfOfTheSession => (SessionDriver.SessionLife / 2) + TimeSpan.FromMinutes(1),
        Wait.UntilTheSessionHasExpired => SessionDriver.SessionLife + TimeSpan.FromSeconds(1),
        _ => TimeSpan.FromDays(20),
    };
}
