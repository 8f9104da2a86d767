using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>A request of a group, or equal consecutive ones in one row: otherwise the requests of a site that polls user-info would displace all others.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them, which is shown.</param>
/// <param name="Count">How many they are.</param>
/// <param name="IsRepeatable">Whether equal requests share the row: not those that begin a session.</param>
internal sealed record RequestStep(EmulatorRequest First, EmulatorRequest Last, int Count, bool IsRepeatable)
{
    /// <summary>Gets a value indicating whether the row is always shown, however long the sign-in is: its beginning, its tokens, and its errors.</summary>
    public bool IsKept => !IsRepeatable || Last.Endpoint == EmulatorEndpoint.Token || Last.Fault is not null || Last.Refusal is not null || Last.Status is 0 or >= 400;

    /// <summary>Returns the steps of requests, oldest first.</summary>
    public static IReadOnlyList<RequestStep> Of(IEnumerable<EmulatorRequest> requests, GrantTypes grantTypes)
    {
        var steps = new List<RequestStep>();
        foreach (var request in requests)
        {
            var isRepeatable = request.Endpoint != EmulatorEndpoint.Authorize && !IsConsent(request) && grantTypes.Find(request.GrantType) is not { BeginsSession: true };
            if (isRepeatable && steps.Count > 0 && AreEqual(steps[^1].Last, request))
            {
                steps[^1] = steps[^1] with { Last = request, Count = steps[^1].Count + 1 };
            }
            else
            {
                steps.Add(new(request, request, 1, isRepeatable));
            }
        }

        return steps;
    }

    public static bool IsConsent(EmulatorRequest request) => request.Endpoint == EmulatorEndpoint.Page && request.Form.Contains("consent");

    private static bool AreEqual(EmulatorRequest one, EmulatorRequest other) => Sent(one) == Sent(other) && Result(one) == Result(other);

    private static (string Method, string Path, string Query, string Body, string? Authorization, string? UserAgent) Sent(EmulatorRequest request)
        => (request.Method, request.Path, request.RawQuery, request.Body, request.Authorization, request.UserAgent);

    private static (int Status, string? Fault, string? Rule, string? Expected, string? Actual) Result(EmulatorRequest request)
        => (request.Status, request.Fault, request.Refusal?.Rule, request.Refusal?.Expected, request.Refusal?.Actual);
}
