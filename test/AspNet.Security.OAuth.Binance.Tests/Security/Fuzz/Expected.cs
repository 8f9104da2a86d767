using AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// The documented meaning of a response, without the tested code.
/// </summary>
internal enum Verdict
{
    /// <summary>It has to be taken for a success.</summary>
    Success,

    /// <summary>It must not be taken for one.</summary>
    Failure,

    /// <summary>Correct readers may differ: a byte order mark, deep nesting, invalid text in a member that is not read.</summary>
    Either,
}

/// <summary>
/// The documented rules of the three responses (W4, W6, W7, W8).
/// </summary>
internal static class Expected
{
    private const int Limit = 64 * 1024;
    private const int LongestToken = 4096;
    private const int LongestUserId = 256;
    private const int LongestEmail = 320;

    /// <summary>W4, and RFC 6749 sections 5.1 and 7.1. A token becomes part of a cookie, which has an end.</summary>
    public static Verdict Tokens(BackchannelResponse response, out JsonValue? json) => Judge(response, out json, static tokens
        => tokens["error"] is null
            && tokens["access_token"] is { Text.Length: > 0 and <= LongestToken } token && IsVisible(token)
            && (tokens["refresh_token"] is not { } refresh || (refresh.Text is { Length: <= LongestToken } && IsVisible(refresh)))
            && (tokens["token_type"] is not { } type || (type.IsText && string.Equals(type.Text, "bearer", StringComparison.OrdinalIgnoreCase)))
            && tokens["scope"] is null or { IsText: true, Text: not null }
            && (tokens["expires_in"] is not { } lifetime || IsSeconds(lifetime)));

    /// <summary>W6 and W8.</summary>
    public static Verdict User(BackchannelResponse response, out JsonValue? json) => Judge(response, out json, static envelope
        => IsSuccess(envelope)
            && envelope["data"] is { Kind: '{' } data
            && data["userId"] is { Text.Length: > 0 and <= LongestUserId } userId && IsVisible(userId)
            && data["email"] is null or { IsText: true, Text.Length: <= LongestEmail });

    /// <summary>W7 and W8.</summary>
    public static Verdict Revocation(BackchannelResponse response) => Judge(response, out _, static envelope => IsSuccess(envelope) && envelope["data"] is { Kind: 't' });

    /// <summary>
    /// The responses that say nothing about the request: another try may succeed. These are statuses, and pages of what stands in front of
    /// Binance (W8), unless they redirect.
    /// </summary>
    public static Verdict Unavailable(BackchannelResponse response)
    {
        if (response.Status is 408 or 429 or >= 500)
        {
            return Verdict.Success;
        }

        // The type of what comes is what its sender says; whether parameters or a body's blanks change that is for the reader to decide.
        var (saysHtml, mayBeHtml) = (IsHtml(response.ContentType, exactly: true), IsHtml(response.ContentType, exactly: false));
        var (looksLikeHtml, mayLookLikeHtml) = (response.Body is [(byte)'<', ..] && response.Body.Length <= Limit, BeginsLikeHtml(response.Body));
        var json = StrictJson.Read(response.Body);
        var isObject = json.Value is { Kind: '{' };
        return response.Status is >= 300 and <= 399 || !(mayBeHtml || mayLookLikeHtml)
            ? Verdict.Failure
            : isObject && !json.MayBeRefused && !json.HasDuplicates && response.Body.Length <= Limit
                ? Verdict.Failure
                : !isObject && (saysHtml || looksLikeHtml) ? Verdict.Success : Verdict.Either;
    }

    private static Verdict Judge(BackchannelResponse response, out JsonValue? json, Func<JsonValue, bool> isSuccess)
    {
        var read = StrictJson.Read(response.Body);
        json = read.Value;
        if (response.Status is < 200 or > 299 || response.Body.Length > Limit || read.HasDuplicates || json is not { Kind: '{' } || !isSuccess(json))
        {
            return Verdict.Failure;
        }

        return read.MayBeRefused ? Verdict.Either : Verdict.Success;
    }

    private static bool IsHtml(string? contentType, bool exactly)
        => exactly
            ? string.Equals(contentType, "text/html", StringComparison.OrdinalIgnoreCase)
            : contentType?.Contains("text/html", StringComparison.OrdinalIgnoreCase) is true;

    private static bool BeginsLikeHtml(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith(System.Text.Encoding.UTF8.Preamble) ? body[System.Text.Encoding.UTF8.Preamble.Length..] : body;
        foreach (var character in body)
        {
            // Whatever white space or control characters may stand before it, in UTF-16 too.
            if (character > ' ')
            {
                return character is (byte)'<' or >= 0x80;
            }
        }

        return false;
    }

    private static bool IsSuccess(JsonValue envelope) => envelope["code"] is { IsText: true, Text: "000000" } && envelope["success"] is { Kind: 't' };

    private static bool IsVisible(JsonValue value) => value is { IsText: true, Text: { } text } && text.All(c => c is > ' ' and <= '~');

    private static bool IsSeconds(JsonValue value) => value is { Kind: '0', Text: { } digits } && digits.All(char.IsAsciiDigit) && int.TryParse(digits, out var seconds) && seconds > 0;
}
