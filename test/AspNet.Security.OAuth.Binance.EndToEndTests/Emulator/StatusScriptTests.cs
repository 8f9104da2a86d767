using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// The script of the status page, which updates the page without disturbing focus, selection, scroll position and clicks, and announces changes.
/// </summary>
public sealed class StatusScriptTests(Browser browser)
{
    private const string LivePath = "/emulator/live";
    private const string EventsPath = "/emulator/events";

    // Playwright keeps every page visible.
    private const string Visibility =
        """
        let isHidden = false;
        Object.defineProperty(document, "hidden", { get: () => isHidden });
        window.hide = (value) => { isHidden = value; document.dispatchEvent(new Event("visibilitychange")); };
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Click_opens_its_target_when_the_page_is_updated_between_press_and_release()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        await requests.RefuseAsync("first");
        var page = await context.OpenStatusPageAsync(binance);
        var requested = new TaskCompletionSource<IRoute>(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync($"**{LivePath}", route => requested.TrySetResult(route) ? Task.CompletedTask : route.ContinueAsync());
        await requests.RefuseAsync("second");
        var held = await requested.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        await page.Locator(".steps summary").First.HoverAsync();
        await page.Mouse.DownAsync();
        await page.RunAndWaitForRequestFinishedAsync(() => held.ContinueAsync(), new() { Predicate = IsLive });
        await page.EvaluateAsync("() => new Promise(resolve => setTimeout(resolve))");
        await page.Mouse.UpAsync();

        await Assertions.Expect(page.Locator(".steps details[open]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".steps details")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Selection_stays_when_the_page_is_updated()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        await requests.RefuseAsync("first");
        var page = await context.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.OpenStatusPageAsync(binance);
        await page.Locator(".why p").EvaluateAsync("text => getSelection().selectAllChildren(text)");

        await page.RunAndWaitForRequestFinishedAsync(() => page.Clock.FastForwardAsync("00:06"), new() { Predicate = IsLive });
        await page.Clock.FastForwardAsync("00:01");
        Assert.Equal("The client_id is missing or unknown.", await SelectedAsync(page));

        // The group of the refused request moves down by one.
        await requests.SendAllAsync();
        await Assertions.Expect(page.Locator(".sign-in")).Not.ToHaveCountAsync(1);
        Assert.Equal("The client_id is missing or unknown.", await SelectedAsync(page));
    }

    [Fact]
    public async Task Focused_element_keeps_the_focus_and_its_scroll_position()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(string.Join('\n', Enumerable.Range(1, 100)), 500, "text/plain"));
        await requests.RefuseAsync("first");
        var page = await context.OpenStatusPageAsync(binance);
        await page.Locator(".steps summary").ClickAsync();
        var body = page.Locator("pre");
        await body.FocusAsync();
        await body.EvaluateAsync("body => { body.scrollTop = 200; }");

        await requests.SendAllAsync();

        await Assertions.Expect(page.Locator(".sign-in")).Not.ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("details[open] pre")).ToBeFocusedAsync();
        Assert.Equal(200, await page.Locator("details[open] pre").EvaluateAsync<int>("body => body.scrollTop"));
    }

    [Fact]
    public async Task Visible_part_does_not_move_when_a_sign_in_is_added_above()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        await requests.RefuseAsync("first");
        var page = await context.OpenStatusPageAsync(binance);
        await page.EvaluateAsync("() => { document.querySelector('#users').open = document.querySelector('#clients').open = true; }");
        await page.EvaluateAsync("() => document.querySelector('#part-tokens').scrollIntoView()");
        var before = await TopAsync(page);

        await requests.SendAllAsync();

        await Assertions.Expect(page.Locator(".sign-in")).Not.ToHaveCountAsync(1);
        Assert.Equal(before, await TopAsync(page), tolerance: 1.5);
    }

    [Fact]
    public async Task Many_requests_cause_one_update_in_half_a_second()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.OpenStatusPageAsync(binance);

        for (var i = 1; i <= 40; i++)
        {
            await requests.RefuseAsync("again");
        }

        await Assertions.Expect(page.GetByText("Token, 40 times", new() { Exact = true })).ToBeVisibleAsync();
        var starts = await page.EvaluateAsync<double[]>("path => performance.getEntriesByType('resource').filter(entry => entry.name.endsWith(path)).map(entry => entry.startTime)", LivePath);
        Assert.All(starts.Skip(1).Zip(starts), pair => Assert.True(pair.First - pair.Second >= 490, $"{pair.First - pair.Second} ms"));
    }

    [Fact]
    public async Task Hidden_page_has_no_connection_and_is_updated_when_it_is_visible_again()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Visibility);
        await page.OpenStatusPageAsync(binance);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        page.RequestFailed += (_, request) => EndIfEvents(request);
        page.RequestFinished += (_, request) => EndIfEvents(request);

        await page.EvaluateAsync("() => hide(true)");
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await requests.RefuseAsync("unseen");
        await page.RunAndWaitForRequestAsync(() => page.EvaluateAsync("() => hide(false)"), request => IsEvents(request));

        await Assertions.Expect(page.GetByText("The client_id is missing or unknown.", new() { Exact = true })).ToBeVisibleAsync();

        void EndIfEvents(IRequest request)
        {
            if (IsEvents(request))
            {
                ended.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task Six_hidden_pages_do_not_use_up_the_connections_of_the_browser()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        await context.AddInitScriptAsync(Visibility);
        for (var i = 0; i < 6; i++)
        {
            var page = await context.OpenStatusPageAsync(binance);
            await page.EvaluateAsync("() => hide(true)");
        }

        var consent = await context.NewPageAsync();
        await consent.GotoAsync(new Uri(binance.BaseAddress, StatusRequests.AuthorizeUrl()).AbsoluteUri, new() { Timeout = 15_000 });

        await Assertions.Expect(consent.GetByRole(AriaRole.Button, new() { Name = "Authorize" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Refused_request_is_announced_and_another_is_not()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.OpenStatusPageAsync(binance);
        var news = page.GetByRole(AriaRole.Status);
        await Assertions.Expect(news).ToHaveTextAsync("");

        await requests.SignInWithLongNamesAsync();
        await Assertions.Expect(page.Locator(".sign-in")).ToHaveCountAsync(1);
        await Assertions.Expect(news).ToHaveTextAsync("");

        await requests.RefuseAsync("first");
        await Assertions.Expect(news).ToHaveTextAsync("1 new request, refused: Token. The client_id is missing or unknown.");
    }

    [Fact]
    public async Task Failed_update_is_shown_and_announced()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: Cancellation);
        using var requests = new StatusRequests(binance);
        var page = await context.OpenStatusPageAsync(binance);
        await page.RouteAsync($"**{LivePath}", route => route.FulfillAsync(new() { Status = 500 }));

        await requests.RefuseAsync("first");

        await Assertions.Expect(page.GetByText("· not up to date (500)")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("This page is not up to date (500).");
    }

    private static bool IsLive(IRequest request) => new Uri(request.Url).AbsolutePath == LivePath;

    private static bool IsEvents(IRequest request) => new Uri(request.Url).AbsolutePath == EventsPath;

    private static Task<string> SelectedAsync(IPage page) => page.EvaluateAsync<string>("() => getSelection().toString()");

    private static Task<double> TopAsync(IPage page) => page.EvaluateAsync<double>("() => document.querySelector('#part-tokens').getBoundingClientRect().top");
}
