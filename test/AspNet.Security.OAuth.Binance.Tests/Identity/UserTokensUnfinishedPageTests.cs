using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A page that signs in with an external login and fails, or whose request is aborted.
/// </summary>
public sealed class UserTokensUnfinishedPageTests : IAsyncDisposable
{
    private const string SignedIn = AccountPages<IdentityUser>.SignedIn;

    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Aborted_page_that_is_opened_again_signs_in_with_the_same_tokens()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = UseKestrel);
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        var (reached, goOn) = Hold("\"AspNetUserLogins\"");
        using var abort = new CancellationTokenSource();
        var first = browser.Browser.DeliverCallbackUntilAsync("/ExternalLogin/Callback", abort.Token);
        await reached;

        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        goOn.SetResult();
        await site.UntilStoredAsync(token);

        Assert.Equal(SignedIn, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        Assert.Equal(token, await browser.TokenAsync());
        Assert.Empty(site.Revoked());
        Assert.Equal(2, (await site.SignInsAsync()).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_that_is_aborted_before_the_sign_in_keeps_the_login_for_the_next_page()
    {
        var (reached, ended) = (NewSignal(), NewSignal());
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            UseKestrel(site);
            site.Pages["/stops"] = async context =>
            {
                // OnCompleted callbacks run in reverse order, so that this one runs last.
                context.Response.OnCompleted(() =>
                {
                    ended.SetResult();
                    return Task.CompletedTask;
                });
                await AccountPages<IdentityUser>.SignIn(context).GetExternalLoginInfoAsync();
                await context.SignOutAsync(IdentityConstants.ExternalScheme);
                reached.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            };
        });
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        using var abort = new CancellationTokenSource();
        var first = browser.Browser.DeliverCallbackUntilAsync("/stops", abort.Token);
        await reached.Task.WaitAsync(TestTimeout.Token);

        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await ended.Task.WaitAsync(TestTimeout.Token);

        Assert.Equal(SignedIn, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        Assert.Equal(token, await browser.TokenAsync());
        Assert.Empty(site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_in_waits_until_RevocationTimeout_for_a_slow_store_and_revokes_when_it_fails()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        var (reached, goOn) = Hold("UPDATE \"AspNetUserTokens\"");
        var page = browser.Browser.GetAsync("/ExternalLogin/Callback");
        await reached;

        await site.Clock.PassUpToAsync(page, SignOutSite.RevocationTimeout);
        Assert.Equal(SignedIn, (await page).Body);
        Assert.Empty(site.Revoked());
        goOn.SetException(new InvalidOperationException("the database is unavailable"));

        await site.UntilRevokedAsync(token);
        Assert.Equal(["TokensNotStored"], site.Warnings());
        Assert.Single(await site.SignInsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_that_fails_after_using_the_new_token_stores_nothing()
    {
        string? used = null;
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            AccountPages<IdentityUser>.AddErrorPage(site);
            site.Pages["/broken"] = async context =>
            {
                var info = await AccountPages<IdentityUser>.SignInWithLoginAsync(context);
                var user = await AccountPages<IdentityUser>.SignIn(context).UserManager.FindByLoginAsync(info.LoginProvider, info.ProviderKey);
                used = await context.RequestServices.GetRequiredService<BinanceUserTokens<IdentityUser>>().GetAccessTokenAsync(user!);
                throw new InvalidDataException("own fault");
            };
        });
        var first = await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        Assert.Equal("error", (await browser.Browser.GetAsync("/broken")).Body);

        Assert.Equal(token, used);
        Assert.Equal([token], site.Revoked());
        Assert.Contains(first, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_that_does_not_read_the_external_login_stores_its_tokens()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = site => site.Pages["/last"] = async context =>
        {
            var signIn = AccountPages<IdentityUser>.SignIn(context);
            await signIn.SignInAsync((await signIn.UserManager.FindByNameAsync(AccountUsers.Name))!, isPersistent: false, "Binance");
        });
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();

        await browser.Browser.GetAsync("/last");

        Assert.Equal(token, await browser.TokenAsync());
        Assert.Equal(2, (await site.SignInsAsync()).Count);
    }

    // The in-memory server does not run OnCompleted for a request that was aborted.
    private static void UseKestrel(SiteSetup setup) => setup.UseKestrel = true;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Holds the commands that contain this text until the second signal.
    private (Task Reached, TaskCompletionSource GoOn) Hold(string text)
    {
        var (reached, goOn) = (NewSignal(), NewSignal());
        _database.Faults.BeforeCommand = async command =>
        {
            if (command.Contains(text, StringComparison.Ordinal))
            {
                reached.TrySetResult();
                await goOn.Task.WaitAsync(TestTimeout.Token);
            }
        };
        return (reached.Task.WaitAsync(TestTimeout.Token), goOn);
    }
}
