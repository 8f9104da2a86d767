using System.Net;

using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Cookie managers of the application: one name for each tenant, or small chunks.
/// </summary>
public sealed class CookieManagerTests
{
    private const int SmallChunk = 240;

    public static TheoryData<bool> Managers => [true, false];

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task The_next_user_replaces_the_previous_one(bool byTenant)
    {
        await using var site = await StartAsync(byTenant);
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/as?user=somebody-else");

        Assert.Equal("somebody-else", (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task The_previous_session_ends_when_another_user_signs_in(bool byTenant)
    {
        await using var site = await StartAsync(byTenant);
        var browser = await site.SignedInAsync();
        var copy = browser.Copy();

        await browser.GetAsync("/as?user=somebody-else");

        Assert.False((await copy.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task A_copied_cookie_is_rejected_after_the_sign_out(bool byTenant)
    {
        await using var site = await StartAsync(byTenant);
        var browser = await site.SignedInAsync();
        var copy = browser.Copy();
        Assert.True((await copy.SessionAsync()).SignedIn);

        await browser.GetAsync("/sign-out");

        Assert.False((await copy.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_manager_that_needs_earlier_middleware_works_with_every_page()
    {
        var cookies = new TenantCookies { NeedsTenant = true };
        await using var site = await ServerSite.StartAsync(setup =>
        {
            setup.Cookie = options => options.CookieManager = cookies;
            setup.BeforeAuthentication = app => app.Use((context, next) =>
            {
                context.Items["tenant"] = "tenant-";
                return next(context);
            });
        });
        var browser = site.Browser();

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/")).Status);
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static Task<TestSite> StartAsync(bool byTenant)
        => ServerSite.StartAsync(setup => setup.Cookie = options
            => options.CookieManager = byTenant ? new TenantCookies() : new ChunkingCookieManager { ChunkSize = SmallChunk });

    private sealed class TenantCookies : ICookieManager
    {
        private readonly ChunkingCookieManager _cookies = new();

        public bool NeedsTenant { get; init; }

        public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, NameOf(context, key));

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
            => _cookies.AppendResponseCookie(context, NameOf(context, key), value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, NameOf(context, key), options);

        private string NameOf(HttpContext context, string key)
            => (NeedsTenant ? context.Items["tenant"] as string ?? throw new InvalidOperationException("The tenant is not known yet.") : "tenant-") + key;
    }
}
