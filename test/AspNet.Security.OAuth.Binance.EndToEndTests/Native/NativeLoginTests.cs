using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The console sample as a process, with a Chromium as the system's browser.
/// </summary>
public sealed class NativeLoginTests(Browser browser)
{
    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Login_goes_over_the_consent_page_and_ends_in_the_terminal()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();

        await page.OpenAsync(desktop);
        Assert.Equal(desktop.Binance.BaseAddress.GetLeftPart(UriPartial.Authority), page.Origin());
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(LastPage.SignedIn);

        var user = desktop.Binance.Users.First();
        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains("Signed in.", sample.Text, StringComparison.Ordinal);
        Assert.Contains($"User          {user.UserId}", sample.Text, StringComparison.Ordinal);
        Assert.Contains($"E-mail        {user.Email}", sample.Text, StringComparison.Ordinal);
        Assert.Contains("good for 8 h 31 min", sample.Text, StringComparison.Ordinal);
        Assert.Contains($"API call      Binance's user-info returned {user.UserId}", sample.Text, StringComparison.Ordinal);
        Assert.Empty(sample.Errors);
        Assert.False(Assert.Single(desktop.Binance.Requests.To(EmulatorEndpoint.Token)).Form.Contains("client_secret"));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Login_uses_the_chosen_account()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();
        var user = desktop.Binance.Users.First(user => user.Email is null);

        await page.OpenAsync(desktop);
        await page.GetByLabel(user.Label).CheckAsync();
        await page.AuthorizeAsync();

        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains(user.UserId, sample.Text, StringComparison.Ordinal);
        Assert.Contains("E-mail        none", sample.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Browser_ends_at_an_address_without_code_or_state_and_neither_is_in_its_history()
    {
        await using var context = await browser.OpenAsync();
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();

        var redirectUri = await page.OpenAsync(desktop);
        await page.AuthorizeAsync();
        await page.AssertShowsAsync(LastPage.SignedIn);

        Assert.Equal(redirectUri.Authority, new Uri(page.Url).Authority);
        Assert.Empty(new Uri(page.Url).Query);
        var history = await page.HistoryAsync();
        Assert.Contains(page.Url, history);
        var secrets = new SecretList(desktop.Binance);
        Assert.Equal(["access_token", "code", "code_verifier", "refresh_token", "state"], secrets.Kinds());

        // The authorization request contains the state, and is a page of the server.
        secrets.AssertAbsentFrom(string.Join('\n', history), exceptFor: ["state"]);
        secrets.AssertAbsentFrom(string.Join('\n', history.Where(url => new Uri(url).Authority == redirectUri.Authority)));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Port_is_closed_when_the_user_is_signed_in()
    {
        await using var context = await browser.OpenAsync();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        var page = await context.NewPageAsync();
        var chromium = new PageBrowser(page);
        await using var login = chromium.LoginAt(binance);

        await login.SignInAsync(TestContext.Current.CancellationToken);

        Assert.False(LastPage.IsOpen(chromium.RedirectUri));
        await page.AssertShowsAsync(LastPage.SignedIn);
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Sites_in_other_tabs_do_not_end_the_sign_in()
    {
        await using var context = await browser.OpenAsync();
        await using var site = await OtherSite.StartAsync(TestContext.Current.CancellationToken);
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.Run();
        var page = await context.NewPageAsync();
        var another = await context.NewPageAsync();
        var redirectUri = await page.OpenAsync(desktop);
        var forged = $"{redirectUri}?code=forged&state=forged";

        // By a link, and by a script, an image and a form of another site.
        var link = await another.GotoAsync(forged);
        Assert.Equal(400, link!.Status);
        await another.GotoAsync(site.Address);
        await another.EvaluateAsync("url => fetch(url, { mode: 'no-cors' }).catch(() => { })", forged);
        await another.EvaluateAsync("url => new Promise(done => { const image = new Image(); image.onload = image.onerror = done; image.src = url; })", forged);
        var form = await another.RunAndWaitForResponseAsync(
            () => another.EvaluateAsync("url => { const form = document.createElement('form'); form.method = 'post'; form.action = url; document.body.append(form); form.submit(); }", forged),
            response => response.Request.Method is "POST");
        Assert.Equal(404, form.Status);

        await page.AuthorizeAsync();
        await page.AssertShowsAsync(LastPage.SignedIn);
        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains(desktop.Binance.Users.First().UserId, sample.Text, StringComparison.Ordinal);
        Assert.Single(desktop.Binance.Requests.To(EmulatorEndpoint.Token));
    }
}
