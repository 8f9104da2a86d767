using System.Text;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// The search for secrets in the log of a site.
/// </summary>
internal static class SiteLogs
{
    // The host's own line for each request, and the one for an error in it, name the URL that the browser opened. What is in there
    // (a code that is spent, a state) is the browser's doing, and whether it is logged the application's.
    private const string AccessLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // At Trace, the factory of HTTP clients redacts the headers in its messages and passes them to structured loggers unchanged. That is
    // so for each header that a message handler sets.
    private const string HeaderLog = "System.Net.Http.HttpClient.";

    public static void AssertAbsentFrom(this SecretList secrets, IEnumerable<FakeLogRecord> logs)
    {
        var (text, access) = (new StringBuilder(), new StringBuilder());
        foreach (var record in logs)
        {
            var lines = record.Category == AccessLog ? access : text;
            lines.Append(record.Message).AppendJoin(' ', record.Scopes).Append(record.Exception).AppendLine();
            if (!record.Category!.StartsWith(HeaderLog, StringComparison.Ordinal))
            {
                lines.AppendJoin(' ', record.StructuredState ?? []).AppendLine();
            }
        }

        secrets.AssertAbsentFrom(text.ToString());
        secrets.AssertAbsentFrom(access.ToString(), exceptFor: ["code", "state"]);
    }
}
