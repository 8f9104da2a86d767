namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>The requests of one sign-in, oldest first, or neighbouring requests that belong to none.</summary>
internal sealed record RequestGroup(string? GrantId, IReadOnlyList<EmulatorRequest> Requests)
{
    /// <summary>The groups with the newest requests first.</summary>
    /// <param name="requests">The requests, oldest first.</param>
    /// <param name="count">How many sign-ins at most.</param>
    /// <returns>The groups, and how many sign-ins are left out.</returns>
    public static (IReadOnlyList<RequestGroup> Groups, int Hidden) Newest(IEnumerable<EmulatorRequest> requests, int count)
    {
        // A sign-in stands where its newest request does. What stands between two sign-ins and belongs to none is one group, so that
        // there are never more groups without a sign-in than sign-ins, and one.
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
