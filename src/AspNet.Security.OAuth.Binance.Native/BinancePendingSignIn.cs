using System.Text.Json;
using AspNet.Security.OAuth.Binance.SignIn;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// A sign-in that was begun and waits for its callback. It has the verifier of the proof key: keep it where other applications cannot
/// read it, and remove it when the sign-in is complete.
/// </summary>
public sealed class BinancePendingSignIn
{
    internal BinancePendingSignIn(PendingSignInData data) => Data = data;

    /// <summary>
    /// Gets the URL that the browser opens.
    /// </summary>
    public Uri Url => Data.Url;

    /// <summary>
    /// Gets the redirect URI, at which the application gets the callback.
    /// </summary>
    public Uri RedirectUri => new(Data.RedirectUri);

    /// <summary>
    /// Gets the time after which the sign-in cannot be completed, 15 minutes after it was begun.
    /// </summary>
    public DateTimeOffset ExpiresAt => Data.ExpiresAt;

    internal PendingSignInData Data { get; }

    /// <summary>
    /// Reads the text that <see cref="Serialize"/> returned, in this process or another.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <returns>The sign-in.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><paramref name="text"/> is not what <see cref="Serialize"/> returns.</exception>
    public static BinancePendingSignIn Deserialize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return JsonSerializer.Deserialize(text, PendingSignInJson.Default.PendingSignInData) is { } data
                && Uri.TryCreate(data.RedirectUri, UriKind.Absolute, out _)
                && data.Url.IsAbsoluteUri
                    ? new(data)
                    : throw Unreadable();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // Without the cause, whose message may quote the text. ArgumentException: an unpaired surrogate.
            throw Unreadable();
        }

        static FormatException Unreadable() => new("The text is not a serialized sign-in. Begin a new sign-in.");
    }

    /// <summary>
    /// Returns the sign-in as a text, for an application that may be ended while the browser is open. The text is a secret.
    /// </summary>
    /// <returns>The text, for <see cref="Deserialize"/>.</returns>
    public string Serialize() => JsonSerializer.Serialize(Data, PendingSignInJson.Default.PendingSignInData);

    /// <summary>
    /// Returns the redirect URI, without any secret.
    /// </summary>
    /// <returns>A text without any secret.</returns>
    public override string ToString() => $"A sign-in that returns to {Data.RedirectUri}";
}
