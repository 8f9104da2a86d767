using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Writes a request, and the response to it, into the journal.</summary>
internal sealed class JournalWriter(EmulatorJournal journal, GrantTypes grantTypes, GrantLookup grants, BinanceEmulatorOptions options)
{
    /// <inheritdoc cref="EmulatorJournal.Period"/>
    public int Period => journal.Period;

    /// <param name="call">The request.</param>
    /// <param name="response">The response; <see langword="null"/> when the request was aborted before there was one.</param>
    /// <param name="fault">The name of the fault that was applied, if any.</param>
    /// <param name="period">The <see cref="Period"/> in which the request arrived.</param>
    public void Add(EmulatorCall call, EmulatorResponse? response, string? fault, int period)
    {
        var (rawQuery, query) = Query(call);
        journal.Add(
            new EmulatorRequest
            {
                Time = call.Time,
                Endpoint = call.Endpoint,
                Method = call.Method,
                Path = call.Path,
                RawQuery = rawQuery,
                Query = query,
                Form = call.Form,
                Body = call.Body,
                ContentType = call.ContentType,
                Authorization = call.Authorization,
                Accept = call.Accept,
                UserAgent = call.UserAgent,
                HasKnownGrantType = grantTypes.Find(call.Form["grant_type"] ?? query["grant_type"]) is not null,
                Status = response?.Status ?? 0,
                Location = response?.Headers.GetValueOrDefault("Location"),
                Refusal = response?.Refusal,
                GrantId = response?.GrantId ?? grants.Find(call),
                ResponseBody = call.Is("HEAD") ? "" : response?.Body ?? "",
                Fault = fault,
            },
            period);
    }

    // Removes the parameter "key" of a page, which may be a mistyped control key, and the control key from any query. Parameters beyond the limit may contain it, too.
    private (string Raw, EmulatorParameters Query) Query(EmulatorCall call)
    {
        if (!call.Query.IsCut && !call.Query.Any(IsKey))
        {
            return (call.RawQuery, call.Query);
        }

        var raw = QueryString.Create(call.Query.Where(parameter => !IsKey(parameter)).Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value))).Value;
        return (raw ?? "", EmulatorParameters.Parse(raw, RequestReader.MaxParameters));

        bool IsKey(KeyValuePair<string, string> parameter) => Secret.AreEqual(parameter.Value, options.ControlKey)
            || (call.Endpoint == EmulatorEndpoint.Page && parameter.Key.Equals(ControlKeyGuard.Parameter, StringComparison.OrdinalIgnoreCase));
    }
}
