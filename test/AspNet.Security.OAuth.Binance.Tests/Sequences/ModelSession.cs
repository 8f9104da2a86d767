
namespace AspNet.Security.OAuth.Binance.Tests.Sequences;

/// <summary>One sign-in to one cookie.</summary>
internal sealed class ModelSession(CookieContent content, string grant)
{
    public string Id => content.Session;

    public string User => content.User;

    public string Grant => grant;

    /// <summary>Of a session on the server: the times of its ticket.</summary>
    public (DateTimeOffset Issued, DateTimeOffset Expires) Times { get; set; } = (content.Issued, content.Expires);

    /// <summary>Of a session on the server: when the newest access token expires that a page has seen.</summary>
    public DateTimeOffset TokensExpire { get; set; } = content.TokensExpire;

    public bool HasEnded { get; set; }

    public bool IsRefused { get; set; }

    public DateTimeOffset? ReplacedAt { get; set; }

    public ModelSession? Successor { get; set; }

    /// <summary>The processes that know that it is over, and those that know that it was replaced.</summary>
    public HashSet<int> OverIn { get; } = [];

    public HashSet<int> ReplacedIn { get; } = [];

    /// <summary>How often it ended, or a sign-in to its cookie replaced or followed it: a response compares it with what it was when its request began.</summary>
    public int Changes { get; set; }
}
