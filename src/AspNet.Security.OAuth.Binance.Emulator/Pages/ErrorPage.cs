using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <summary>The page of a <see cref="Problem"/>.</summary>
internal static class ErrorPage
{
    public static EmulatorResponse Create(EmulatorCall call, Problem problem, int status = 400)
        => Layout.Page(status, call.Prefix, problem.Title, "card", Html.Of($"""
            <h1>{problem.Title}</h1>
            <p>{problem.Explanation}</p>
            {Given(problem)}
            {Known(problem)}
            """));

    public static EmulatorResponse NotFound(EmulatorCall call) => Create(
        call,
        new(
            "There is nothing here",
            "The emulator has no such page. Paths are compared with upper and lower case, as they are written here.",
            null,
            null,
            "What it has",
            ["GET /oauth/authorize", "GET /en/oauth/authorize", "POST /oauth/token", "GET /oauth-api/v1/user-info", "POST /oauth-api/v1/revoke-token", "GET /emulator"]),
        404);

    private static Html Given(Problem problem) => problem.Given is null
        ? Html.Empty
        : Html.Of($"<section class=\"facts\"><h2>{problem.GivenTitle}</h2><p><code>{problem.Given}</code></p></section>");

    private static Html Known(Problem problem) => problem.Known is null or { Count: 0 }
        ? Html.Empty
        : Html.Of($"<section class=\"facts\"><h2>{problem.KnownTitle}</h2><ul>{Html.Each(problem.Known, item => Html.Of($"<li><code>{item}</code></li>"))}</ul></section>");
}
