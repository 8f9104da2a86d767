using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// Applications that sign out in a claims transformation, which runs within each authentication of the cookie.
/// </summary>
public sealed class SignOutDuringTransformationTests
{
    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task Sign_out_of_the_application_s_own_user_does_not_repeat_the_transformation_without_end(SessionPlace place)
    {
        var (sessions, calls) = (new SessionStorage(place), new TransformationCalls());
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Services = services => services.AddHttpContextAccessor().AddSingleton(calls).AddScoped<IClaimsTransformation, SigningOut>();
            setup.Pages["/own"] = context => context.SignInAsync("Cookies", CookieSites.User("own"));
            sessions.Configure(setup);
        });
        var browser = site.BrowserWithTls();
        await browser.GetAsync("/own");
        Assert.Single(sessions.Entries);

        await browser.GetAsync("/");

        Assert.InRange(calls.Count, 1, TransformationCalls.Most - 1);
        Assert.False(browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    private sealed class TransformationCalls
    {
        // Otherwise a recursion would end in a stack overflow of the process.
        public const int Most = 5;

        public int Count { get; set; }
    }

    private sealed class SigningOut(IHttpContextAccessor accessor, TransformationCalls calls) : IClaimsTransformation
    {
        public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            if (calls.Count < TransformationCalls.Most)
            {
                calls.Count++;
                await accessor.HttpContext!.SignOutAsync("Cookies");
            }

            return principal;
        }
    }
}
