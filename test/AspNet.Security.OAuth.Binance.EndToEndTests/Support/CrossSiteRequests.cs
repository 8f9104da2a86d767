using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The requests that a page can send to another site without the user.
/// </summary>
internal static class CrossSiteRequests
{
    /// <summary>
    /// Each kind: elements that load a resource, a form in a frame, and <c>fetch</c> in every mode. A preflight that is refused prevents the
    /// request that needs it.
    /// </summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        "image", "script", "style sheet", "frame", "object", "prefetch", "form in a frame",
        "fetch", "fetch with cookies", "fetch no-cors", "fetch no-cors with cookies",
        "post", "post with cookies", "post no-cors", "post no-cors with cookies",
        "post JSON", "post with X-CSRF", "post with X-CSRF and cookies",
    ];

    // Resolves when the request has finished, also when it failed: with what the script can read of the response.
    private const string Script =
        """
        async ([kind, url]) => {
          document.body.replaceChildren();
          const load = (name, attributes) => new Promise(resolve => {
            const element = Object.assign(document.createElement(name), attributes);
            element.onload = element.onerror = () => resolve(element);
            document.body.append(element);
          });
          const request = async ([method, mode, headers]) => {
            const init = { method, credentials: kind.endsWith("cookies") ? "include" : "omit", headers };
            init.mode = mode;
            init.body = method === "GET" ? undefined : kind === "post JSON" ? "{}" : new URLSearchParams({ grant_type: "refresh_token", returnUrl: "/" });
            return fetch(url, init).then(response => response.type + response.status, error => error.name);
          };
          const elements = {
            "image": ["img", { src: url }],
            "script": ["script", { src: url }],
            "style sheet": ["link", { rel: "stylesheet", href: url }],
            "frame": ["iframe", { src: url }],
            "object": ["object", { data: url }],
            "prefetch": ["link", { rel: "prefetch", href: url }],
          };
          const fetches = {
            "fetch": ["GET", "cors"],
            "fetch no-cors": ["GET", "no-cors"],
            "post": ["POST", "cors"],
            "post no-cors": ["POST", "no-cors"],
            "post JSON": ["POST", "cors", { "Content-Type": "application/json" }],
            "post with X-CSRF": ["POST", "cors", { "X-CSRF": "1" }],
          };
          if (elements[kind]) {
            await load(...elements[kind]);
            return "";
          }

          if (kind === "form in a frame") {
            const frame = await load("iframe", { name: "target", srcdoc: "" });
            const form = Object.assign(document.createElement("form"), { action: url, method: "post", target: "target" });
            document.body.append(form);
            await new Promise(resolve => { frame.onload = resolve; form.submit(); });
            return "";
          }

          return await request(fetches[kind.replace(/ (with|and) cookies$/, "")]);
        }
        """;

    /// <summary>Sends a request of a kind, and asserts that the page reads no successful response.</summary>
    public static async Task SendCrossSiteAsync(this IPage page, string kind, string url)
    {
        var response = await page.EvaluateAsync<string>(Script, new[] { kind, url });
        Assert.False(response.Contains("200", StringComparison.Ordinal), $"{kind} {url}: {response}");
    }

    /// <summary>Submits a form of the page, which navigates.</summary>
    public static Task SubmitFormAsync(this IPage page, string url) => page.EvaluateAsync(
        "url => { const form = Object.assign(document.createElement('form'), { action: url, method: 'post' }); document.body.append(form); form.submit(); }",
        url);

    /// <summary>Follows a link of the page.</summary>
    public static async Task FollowLinkAsync(this IPage page, string url)
    {
        await page.EvaluateAsync(
            "url => { const link = Object.assign(document.createElement('a'), { href: url, textContent: 'Link' }); document.body.append(link); }", url);
        await page.GetByRole(AriaRole.Link, new() { Name = "Link" }).ClickAsync();
    }
}
