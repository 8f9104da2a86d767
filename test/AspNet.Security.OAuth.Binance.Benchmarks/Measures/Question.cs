using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// What it allocates that the authentication middleware asks a login's handler, at each request of the site, whether this is its callback:
/// the steps of the middleware, one by one.
/// </summary>
internal static class Question
{
    // What is kept cannot be left out by the compiler.
    private static object? _made;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(Contender contender)
    {
        using var site = new InMemorySite(contender);
        await using var scope = site.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var schemes = services.GetRequiredService<IAuthenticationSchemeProvider>();
        var handlers = services.GetRequiredService<IAuthenticationHandlerProvider>();
        var asked = await schemes.GetRequestHandlerSchemesAsync();
        var scheme = asked.Single();
        var context = new DefaultHttpContext { RequestServices = services };

        // The second time it is in the provider's map, and the task is all that is made.
        await handlers.GetHandlerAsync(context, scheme.Name);
        return
        [
            Step("enumerator", asked.GetEnumerator),
            Step("task with the scheme", () => schemes.GetSchemeAsync(scheme.Name)),
            Step("task with the handler", () => handlers.GetHandlerAsync(context, scheme.Name)),
            Step("handler", () => services.GetRequiredService(scheme.HandlerType)),
        ];

        Measurement Step(string what, Func<object> make) => new(Names.Question, $"B of the {what}", contender, Allocations.PerCall(() =>
        {
            _made = make();
            return 0;
        }));
    }
}
