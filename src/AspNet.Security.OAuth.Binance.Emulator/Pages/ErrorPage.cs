using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The page of a <see cref="Problem"/>.</summary>
internal static class ErrorPage
{
    private static readonly (string Method, string Path)[] _paths =
    [
        ("GET", "/oauth/authorize"), ("GET", "/en/oauth/authorize"), ("POST", "/oauth/token"), ("GET", "/oauth-api/v1/user-info"), ("POST", "/oauth-api/v1/revoke-token"),
        ("GET", "/emulator"),
    ];

    public static EmulatorResponse Create(EmulatorCall call, Problem problem, int status = 400)
    {
        var words = PageWords.For(call);
        var text = words.Problems[problem.Kind];
        return Layout.Page(status, call.Prefix, words, text.Title, "card", Html.Of($"""
            <h1>{text.Title}</h1>
            <p>{text.Explanation}</p>
            {Given(problem)}
            {Known(problem, text)}
            """)).Because(new(
                PageWords.English.Problems[problem.Kind].Explanation, problem.Known is null or { Count: 0 } ? null : string.Join(", ", problem.Known), problem.Given));
    }

    public static EmulatorResponse NotFound(EmulatorCall call) => Create(
        call,
        new(ProblemKind.NotFound, "path", call.Path, [.. _paths.Select(known => $"{known.Method} {call.Prefix}{known.Path}")]),
        404);

    private static Html Given(Problem problem) => problem.Given is null
        ? Html.Empty
        : Html.Of($"<section class=\"facts\"><h2>{problem.Parameter}</h2><p><code>{problem.Given}</code></p></section>");

    private static Html Known(Problem problem, PageText text) => problem.Known is null or { Count: 0 }
        ? Html.Empty
        : Html.Of($"<section class=\"facts\"><h2>{text.Known}</h2><ul>{Html.Each(problem.Known, item => Html.Of($"<li><code>{item}</code></li>"))}</ul></section>");
}
