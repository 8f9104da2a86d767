using AspNet.Security.OAuth.Binance.Callback;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// <c>POST logout</c>: signs out of the cookie, which revokes the token. Against cross-site requests it needs an antiforgery token, or a header that
/// only a script of this origin can send.
/// </summary>
internal static class LogoutEndpoint
{
    public const int LongestBody = 64 * 1024;

    private const string ScriptHeader = "X-CSRF";
    private const string ReturnUrlField = "returnUrl";

    private static readonly FormOptions _formOptions = new()
    {
        MultipartBodyLengthLimit = LongestBody,
        ValueLengthLimit = LongestBody,
        KeyLengthLimit = 256,
        ValueCountLimit = 64,
    };

    public static async Task<IResult> HandleAsync(HttpContext context, LoginGroup group, string? returnUrl)
    {
        var request = context.Request;
        IFormCollection? form;
        try
        {
            form = request.HasFormContentType ? await request.ReadFormAsync(_formOptions, context.RequestAborted) : null;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or NotSupportedException && !context.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.StatusCode((exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest);
        }

        var isScript = request.Headers.ContainsKey(ScriptHeader) || BrowserRequest.IsScript(context, isImplicit: false);
        var cookie = await CookieOfAsync(context, group);
        if ((await context.AuthenticateAsync(cookie)).Succeeded)
        {
            if (!IsOwnScript(request) && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
            {
                return isScript ? TypedResults.BadRequest() : StaleForm(context, form?[ReturnUrlField], returnUrl);
            }

            await context.SignOutAsync(cookie);

            // The cookie handler redirects when this is its LogoutPath.
            context.Response.Headers.Location = default;
        }

        return isScript ? TypedResults.NoContent() : TypedResults.LocalRedirect(ReturnUrl.Of(context, form?[ReturnUrlField], returnUrl));
    }

    private static bool IsOwnScript(HttpRequest request) => request.Headers[ScriptHeader] is ["1"] && BrowserRequest.IsSameOrigin(request);

    // The form's token belongs to another user or cookie. A request from another site gets a page without a form, and no antiforgery cookie.
    private static LoginPage StaleForm(HttpContext context, params ReadOnlySpan<string?> returnUrls)
    {
        var isOwn = BrowserRequest.IsSameOrigin(context.Request) || context.Request.Headers["Sec-Fetch-Site"] is ["none"];
        var tokens = isOwn ? context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context) : null;
        return new(
            StatusCodes.Status400BadRequest,
            isOwn ? static words => words.StaleForm : static words => words.ForeignForm,
            isOwn ? static words => words.SignOut : static words => words.Home,
            ReturnUrl.Of(context, isOwn ? returnUrls : []),
            isOwn ? ReturnUrl.Of(context) : null,
            tokens is null ? null : (tokens.FormFieldName, tokens.RequestToken!));
    }

    private static async Task<string?> CookieOfAsync(HttpContext context, LoginGroup group)
        => context.RequestServices.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(group.Scheme).SignInScheme
            ?? (await context.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>().GetDefaultSignInSchemeAsync())?.Name;
}
