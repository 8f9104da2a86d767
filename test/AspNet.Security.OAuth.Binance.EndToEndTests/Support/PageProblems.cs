using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// What is wrong with a page for those who cannot see it, and for its own policy.
/// </summary>
internal static class PageProblems
{
    /// <summary>Listens for what a page's policy refuses, and for scripts that fail.</summary>
    /// <returns>A list that grows.</returns>
    public static async Task<ConcurrentQueue<string>> ListenForViolationsAsync(this IPage page)
    {
        ConcurrentQueue<string> violations = [];
        await page.Context.ExposeFunctionAsync("reportViolation", (string violation) => violations.Enqueue(violation));
        await page.Context.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', event => reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));");
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) || message.Text.Contains("Trusted Type", StringComparison.Ordinal))
            {
                violations.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => violations.Enqueue(error);
        return violations;
    }

    public static string Describe(this AxeResultItem violation)
        => $"{violation.Id}: {violation.Help} {string.Join(" | ", violation.Nodes.Select(node => node.Html))}";
}
