
namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>A sign-in that was started, and the session that the browser had.</summary>
internal sealed record PendingSignIn(int Browser, string User, string Path, CookieContent? Carried)
{
    /// <summary>The session that its callback began, and when it did.</summary>
    public (ModelSession Session, DateTimeOffset Time)? Begun { get; set; }
}

/// <summary>A request, and what was true when it was sent.</summary>
internal sealed record Request(
    int Browser, int Process, Work Work, Server Server, DateTimeOffset Time, Dictionary<string, CookieContent?> Carried)
{
    public required Dictionary<string, ExpectedSession> Expected { get; init; }

    public required HashSet<string> WasOver { get; init; }

    public required Dictionary<string, int> Changes { get; init; }

    public required Dictionary<string, int> SignIns { get; init; }

    public required HashSet<string> Slides { get; init; }

    public OpenRequest? Open { get; set; }
}
