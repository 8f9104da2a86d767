namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>The requests of one sign-in, oldest first, or consecutive requests that belong to no sign-in.</summary>
internal sealed record RequestGroup(string? GrantId, IReadOnlyList<EmulatorRequest> Requests)
{
    /// <summary>Groups requests, the newest first.</summary>
    /// <param name="requests">The requests, oldest first.</param>
    /// <param name="count">The maximum number of sign-ins.</param>
    /// <returns>The groups, and the number of sign-ins that are not in them.</returns>
    public static (IReadOnlyList<RequestGroup> Groups, int Hidden) Newest(IEnumerable<EmulatorRequest> requests, int count)
    {
        // The newest request of a sign-in decides its position. Requests between two sign-ins that belong to none are one group, so that
        // n sign-ins have at most n + 1 groups beside them.
        var newest = requests.Reverse().ToList();
        var signIns = newest.Where(request => request.GrantId is not null).ToLookup(request => request.GrantId, StringComparer.Ordinal);
        var groups = new List<(string? GrantId, List<EmulatorRequest> Requests)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var request in newest)
        {
            if (request.GrantId is { } id)
            {
                if (seen.Add(id) && seen.Count <= count)
                {
                    groups.Add((id, [.. signIns[id]]));
                }
            }
            else if (groups.Count > 0 && groups[^1].GrantId is null)
            {
                groups[^1].Requests.Add(request);
            }
            else if (seen.Count <= count)
            {
                groups.Add((null, [request]));
            }
        }

        return ([.. groups.Select(group => new RequestGroup(group.GrantId, [.. group.Requests.AsEnumerable().Reverse()]))], Math.Max(0, seen.Count - count));
    }
}
