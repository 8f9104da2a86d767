using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A page that signs in with a login and does not get to its end, or whose browser does not wait for it.
/// </summary>
public sealed class UserTokensUnfinishedPageTests : IAsyncDisposable
{
    private const string SignedIn = AccountPages<IdentityUser>.SignedIn;

    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_browser_that_aborts_the_page_and_opens_it_again_is_signed_in_with_the_same_tokens()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = UseKestrel);
        await new AccountBrowser(site).RegisterAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.ArriveAsync();
        var (reached, goOn) = Hold("\"AspNetUserLogins\"");
        using var abort = new CancellationTokenSource();
        var first = browser.Browser.ComeBackUntilAsync("/ExternalLogin/Callback", abort.Token);
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
    public async Task A_page_that_ends_with_its_request_before_the_sign_in_leaves_the_login_to_the_next_one()
    {
        var (reached, ended) = (NewSignal(), NewSignal());
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            UseKestrel(site);
            site.Pages["/stops"] = async context =>
            {
                // Registered first, so that it runs last.
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
        var first = browser.Browser.ComeBackUntilAsync("/stops", abort.Token);
        await reached.Task.WaitAsync(TestTimeout.Token);

        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await ended.Task.WaitAsync(TestTimeout.Token);

        Assert.Equal(SignedIn, (await browser.Browser.GetAsync("/ExternalLogin/Callback")).Body);
        Assert.Equal(token, await browser.TokenAsync());
        Assert.Empty(site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_is_slow_holds_the_sign_in_for_RevocationTimeout_and_what_it_refuses_then_is_revoked()
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
    public async Task A_page_that_has_used_the_new_token_and_fails_leaves_none()
    {
        string? used = null;
        await using var site = await _database.StartAsync(setup => setup.Site = site =>
        {
            site.BeforeAuthentication += app => app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => context.Response.WriteAsync("error", context.RequestAborted) });
            site.Pages["/broken"] = async context =>
            {
                var signIn = AccountPages<IdentityUser>.SignIn(context);
                var info = (await signIn.GetExternalLoginInfoAsync())!;
                await signIn.ExternalLoginSignInAsync(info.LoginProvider, info.ProviderKey, isPersistent: false);
                var user = await signIn.UserManager.FindByLoginAsync(info.LoginProvider, info.ProviderKey);
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
    public async Task The_last_of_several_pages_signs_in_without_a_look_at_the_login()
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

    // The in-memory server does not say that a request has ended which was aborted.
    private static void UseKestrel(LifetimeSetup setup) => setup.UseKestrel = true;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Holds the commands with this text until the second signal.
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
