using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>What the journal records of a request and of the response to it.</summary>
internal static class JournalEntry
{
    /// <param name="call">The request.</param>
    /// <param name="response">The response; <see langword="null"/> when the request was aborted before there was one.</param>
    /// <param name="fault">The name of the fault that was applied, if any.</param>
    public static EmulatorRequest Create(EmulatorCall call, EmulatorResponse? response, string? fault) => new()
    {
        Time = call.Time,
        Endpoint = call.Endpoint,
        Method = call.Method,
        Path = call.Path,
        RawQuery = call.RawQuery,
        Query = call.Query,
        Form = call.Form,
        Body = call.Body,
        ContentType = call.ContentType,
        Authorization = call.Authorization,
        Accept = call.Accept,
        UserAgent = call.UserAgent,
        Status = response?.Status ?? 0,
        ResponseBody = response?.Body ?? "",
        Fault = fault,
    };
}
